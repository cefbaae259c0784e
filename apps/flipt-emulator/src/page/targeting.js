import { make } from "./dom.js";
import { ask, namespacePath } from "./request.js";

/** What decides a flag's evaluation, in words: its variants, its rules or rollouts in their order, the segments that these name. */
export async function targeting(namespaceKey, flag) {
  const path = namespacePath(namespaceKey, "flags", flag.key);
  const kind = flag.type === "BOOLEAN_FLAG_TYPE" ? "rollouts" : "rules";
  const [{ rules }, { segments }] = await Promise.all([
    ask(`${path}/${kind}`),
    ask(namespacePath(namespaceKey, "segments")),
  ]);
  const sentences = rules.map((rule) => (kind === "rules" ? ruleText(rule, flag) : rolloutText(rule)));
  const named = new Set(rules.flatMap((rule) => keysOf(rule.segment ?? rule)));
  const texts = segments.filter(({ key }) => named.has(key)).map(segmentText);
  return [
    ...part(
      "Variants",
      "ul",
      flag.variants.map((variant) => variantText(variant, flag)),
    ),
    ...part(kind === "rules" ? "Rules, the first that applies" : "Rollouts, the first that applies", "ol", sentences),
    make("p", {}, otherwise(flag)),
    ...part("Segments", "ul", texts),
  ];
}

const part = (title, tag, texts) =>
  texts.length === 0
    ? []
    : [make("h3", {}, title), make(tag, { class: "facts" }, ...texts.map((text) => make("li", {}, text)))];

const variantText = ({ id, key, name, attachment }, { defaultVariant }) =>
  [
    name && name !== key ? `${key} (${name})` : key,
    ...(id === defaultVariant?.id ? ["default"] : []),
    ...(attachment && attachment !== "null" ? [attachment] : []),
  ].join(" · ");

const keysOf = ({ segmentKey, segmentKeys = [] }) => (segmentKey ? [segmentKey] : segmentKeys);

function whoText(choice) {
  const keys = keysOf(choice);
  return keys.join(choice.segmentOperator === "AND_SEGMENT_OPERATOR" ? " and " : " or ");
}

function ruleText({ distributions, ...choice }, { variants }) {
  const keys = new Map(variants.map(({ id, key }) => [id, key]));
  const shares = distributions.map(({ variantId, rollout }) => `${rollout} % ${keys.get(variantId) ?? "?"}`);
  return `${whoText(choice)}: ${shares.join(", ") || "a match without a variant"}`;
}

const word = (value) => (value ? "on" : "off");

function rolloutText({ segment, threshold, description }) {
  const text = segment
    ? `${whoText(segment)}: ${word(segment.value)}`
    : `${threshold?.percentage ?? 0} % of all: ${word(threshold?.value)}`;
  return description ? `${text} – ${description}` : text;
}

function otherwise({ type, enabled, defaultVariant }) {
  if (type === "BOOLEAN_FLAG_TYPE") return `Everybody else: ${word(enabled)}`;
  if (!enabled) return "The flag is off: nobody is matched.";
  return `Everybody else: ${defaultVariant ? defaultVariant.key : "no variant"}`;
}

function segmentText({ key, name, matchType, constraints }) {
  const tests = constraints.map(({ property, operator, value }) =>
    [property, operator, value].filter(Boolean).join(" "),
  );
  const link = matchType === "ANY_MATCH_TYPE" ? " or " : " and ";
  return `${name && name !== key ? `${key} (${name})` : key}: ${tests.join(link) || "everybody"}`;
}
