import { ask, demand, type Flag, flagPath, listFlags, listNamespaces, message } from "../flipt.ts";
import { fingerprint } from "./fingerprint.ts";
import { type Fixtures, ground } from "./fixtures.ts";
import { polls, type Step } from "./step.ts";
import type { Verification } from "./verification.ts";

interface Write {
  method: "POST" | "PUT" | "DELETE";
  path: string;
  body?: object;
}

/** Ids that the writes refer to: Flipt looks at the form of a write before it refuses. */
interface Ids {
  variant: string;
  rule: string;
  rollout: string;
  constraint: string;
}

const namespaces = "/api/v1/namespaces";
/** The paths of what the writes are about. */
const pathsOf = ({ namespace, variantFlag, booleanFlag, segment }: Fixtures) => ({
  variantFlag: flagPath(namespace, variantFlag),
  booleanFlag: flagPath(namespace, booleanFlag),
  segments: `${namespaces}/${namespace}/segments`,
  constraints: `${namespaces}/${namespace}/segments/${segment}/constraints`,
});

async function readIds(sidecar: string, ground: Fixtures): Promise<Ids> {
  const { variantFlag, booleanFlag, segments } = pathsOf(ground);
  const list = async (path: string): Promise<{ rules: { id: string }[] }> => demand(sidecar, path);
  const [flag, rules, rollouts, segment] = await Promise.all([
    demand<{ variants: { id: string }[] }>(sidecar, variantFlag),
    list(`${variantFlag}/rules`),
    list(`${booleanFlag}/rollouts`),
    demand<{ constraints: { id: string }[] }>(sidecar, `${segments}/${ground.segment}`),
  ]);
  const id = (items: { id: string }[]): string => items[0]?.id ?? "none";
  return {
    variant: id(flag.variants),
    rule: id(rules.rules),
    rollout: id(rollouts.rules),
    constraint: id(segment.constraints),
  };
}

/** Flags and a segment of people's own that the writes can be about; undefined when no namespace has all of them. */
async function findOwn(sidecar: string): Promise<Fixtures | undefined> {
  for (const namespace of await listNamespaces(sidecar)) {
    const flags = await listFlags(sidecar, namespace);
    const { segments } = await demand<{ segments: { key: string; constraints: unknown[] }[] }>(
      sidecar,
      `${namespaces}/${encodeURIComponent(namespace)}/segments`,
    );
    const first = async (type: Flag["type"], list: string): Promise<string | undefined> => {
      for (const { key } of flags.filter((flag) => flag.type === type).slice(0, 10)) {
        const { rules } = await demand<{ rules: unknown[] }>(sidecar, `${flagPath(namespace, key)}/${list}`);
        if (rules.length > 0) return key;
      }
      return undefined;
    };
    const segment = segments.find(({ constraints }) => constraints.length > 0)?.key;
    const variantFlag = segment && (await first("VARIANT_FLAG_TYPE", "rules"));
    const booleanFlag = variantFlag && (await first("BOOLEAN_FLAG_TYPE", "rollouts"));
    if (booleanFlag) return { namespace, variantFlag, booleanFlag, segment };
  }
  return undefined;
}

/** What the writes are about: people's own where they have it all, so that nothing has to be made. */
const targets = (proof: Verification): Promise<Fixtures> =>
  proof.once("targets", async () => (await findOwn(proof.lab.addresses.sidecar)) ?? ground(proof));

/** Valid writes for each resource of the management API. */
function writes(name: string, ground: Fixtures, { variant, rule, rollout, constraint }: Ids): Record<string, Write[]> {
  const { namespace, segment } = ground;
  const { variantFlag, booleanFlag, segments, constraints } = pathsOf(ground);
  const named = { name, description: "" };
  const comparison = { type: "STRING_COMPARISON_TYPE", property: "p", operator: "eq", value: "v" };
  const distribution = { variantId: variant, rollout: 50 };
  const threshold = { percentage: 50, value: true };
  const all = (path: string, id: string, create: object, update: object, query = ""): Write[] => [
    { method: "POST", path, body: create },
    { method: "PUT", path: `${path}/${id}`, body: update },
    { method: "DELETE", path: `${path}/${id}${query}` },
  ];
  return {
    namespaces: all(namespaces, namespace, { key: name, ...named }, named, "?force=true"),
    flags: all(
      flagPath(namespace),
      ground.booleanFlag,
      { key: name, ...named, type: "BOOLEAN_FLAG_TYPE", enabled: true },
      { ...named, enabled: true },
    ),
    variants: all(`${variantFlag}/variants`, variant, { key: name }, { key: name }),
    rules: all(`${variantFlag}/rules`, rule, { segmentKey: segment, rank: 9 }, { segmentKey: segment }),
    distributions: all(
      `${variantFlag}/rules/${rule}/distributions`,
      "d",
      distribution,
      distribution,
      `?variantId=${variant}`,
    ),
    rollouts: all(`${booleanFlag}/rollouts`, rollout, { rank: 9, threshold }, { threshold }),
    segments: all(segments, segment, { key: name, ...named }, named),
    constraints: all(constraints, constraint, comparison, comparison),
  };
}

async function refuse(sidecar: string, { method, path, body }: Write): Promise<void> {
  const reply = await ask(sidecar, path, { method, body });
  const code = (reply.body as { code?: number } | null)?.code;
  // v1.61.1 says 500 with gRPC code 13 and these words; a bad request would be refused for another reason.
  if (reply.status === 500 && code === 13 && /read-only/.test(message(reply))) return;
  throw new Error(
    `${method} "${path}" on flipt-sidecar: ${reply.status} ${message(reply)}; expected 500 and "read-only"`,
  );
}

function refused(resource: string): Step {
  return {
    group: "read-only",
    title: `the sidecar refuses to create, change and delete ${resource}, and nothing changes`,
    seconds: polls(15),
    async run(proof: Verification) {
      const { sidecar } = proof.lab.addresses;
      const made = await targets(proof);
      const before = await fingerprint(sidecar);
      const list = writes(`${proof.id}-new`, made, await readIds(sidecar, made))[resource] ?? [];
      for (const write of list) await refuse(sidecar, write);
      if ((await fingerprint(sidecar)) !== before)
        throw new Error(`flipt-sidecar's ${resource} have changed though each write was refused`);
      return `${list.length} writes refused`;
    },
  };
}

const resources = ["namespaces", "flags", "variants", "rules", "distributions", "rollouts", "segments", "constraints"];

export const readOnly: Step[] = resources.map(refused);
