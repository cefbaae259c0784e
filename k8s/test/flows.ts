import { kind, type Manifest, type Peer, pods, type Rule, type Selector } from "./manifest.ts";

type Labels = Record<string, string>;

/** @throws {Error} for an operator that the lab does not use */
export function matches({ matchLabels = {}, matchExpressions = [] }: Selector, labels: Labels): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values }) => {
      if (operator !== "In") throw new Error(`operator "${operator}" is not understood here`);
      return values.includes(labels[key] ?? "");
    })
  );
}

const admits = (peers: Peer[] | undefined, labels: Labels): boolean =>
  !peers ||
  peers.some(({ podSelector, namespaceSelector }) => !namespaceSelector && podSelector && matches(podSelector, labels));

const opens = ({ ports }: Rule, port: number): boolean => !ports || ports.some((each) => each.port === port);

/** Whether one side of a connection is allowed: pods that no policy selects may do everything. */
export function side(
  objects: Manifest[],
  type: "Ingress" | "Egress",
  own: Labels,
  other: Labels,
  port: number,
): boolean {
  const policies = kind(objects, "NetworkPolicy").filter(
    ({ spec }) => spec.policyTypes.includes(type) && matches(spec.podSelector, own),
  );
  if (policies.length === 0) return true;
  return policies.some(({ spec }) =>
    (type === "Ingress" ? (spec.ingress ?? []) : (spec.egress ?? [])).some(
      (rule) => opens(rule, port) && admits(type === "Ingress" ? rule.from : rule.to, other),
    ),
  );
}

const allowed = (objects: Manifest[], from: Labels, to: Labels, port: number): boolean =>
  side(objects, "Egress", from, to, port) && side(objects, "Ingress", to, from, port);

const strangers: Record<string, Labels> = {
  stranger: { app: "stranger" },
  // the name alone is no label of ours
  "another sample-app": { "app.kubernetes.io/name": "sample-app" },
  "with a sidecar": { "flipt-sidecar": "enabled" },
};

/** Every connection within the namespace that is possible, as `from > to:port`. */
export function flows(objects: Manifest[]): string[] {
  const labels: Record<string, Labels> = {
    ...Object.fromEntries(pods(objects).map(({ name, metadata }) => [name, metadata.labels])),
    ...strangers,
  };
  return Object.entries(labels)
    .flatMap(([from, source]) =>
      Object.entries(labels)
        .filter(([to]) => !(from in strangers && to in strangers))
        .flatMap(([to, target]) =>
          [22, 443, 8000, 8080, 9000, 9001]
            .filter((port) => allowed(objects, source, target, port))
            .map((port) => `${from} > ${to}:${port}`),
        ),
    )
    .sort();
}
