import { type Seen, until } from "../until.ts";
import { type Cost, measureCost } from "./cost.ts";
import { type Asked, type Evaluation, measureEvaluation } from "./evaluation.ts";
import { generator } from "./load.ts";
import { measurePropagation } from "./propagation.ts";
import { publish } from "./publish.ts";
import type { Report } from "./report.ts";
import { formatState, type Size } from "./state.ts";
import type { Testbed } from "./testbed.ts";
import { type Consumption, watch } from "./usage.ts";

export const groups = ["evaluation", "propagation", "cost", "usage"] as const;
export type Group = (typeof groups)[number];

export const states = ["small", "large"] as const;
export type State = (typeof states)[number];

export interface Extent {
  groups: readonly Group[];
  /** Without the large one nothing is brought in beside the seed. */
  states: readonly State[];
  runs: number;
  /** Of each measurement of an evaluation, and of idleness. */
  seconds: number;
  /** How many changes are followed. */
  changes: number;
}

/** What is brought in beside the seed, by namespace. */
const sizes = {
  "bench-medium": { flags: 10, rules: 50, switches: 7 },
  "bench-large": { flags: 50, rules: 50, switches: 7 },
} satisfies Record<string, Size>;
const largest = sizes["bench-large"];

/** A flag of the seed; and of the generated state flags whose last rule matches. */
const asked = {
  small: { state: "small", namespaceKey: "default", flagKeys: ["dark-mode"], kind: "boolean", context: {} },
  large: {
    state: "large",
    namespaceKey: "bench-large",
    flagKeys: Array.from({ length: largest.flags }, (_, index) => `flag-${index + 1}`),
    kind: "variant",
    context: { tier: `tier-${largest.rules}` },
  },
} satisfies Record<Asked["state"], Asked>;

/** The measurements of one lab. */
interface Bench {
  ground: Testbed;
  extent: Extent;
  signal: AbortSignal;
  /** Says what is going on. */
  say(line: string): void;
}

const wants = ({ extent }: Bench, group: Group): boolean => extent.groups.includes(group);

/** What the parts take while nobody asks: at least three measurements long. */
async function idle({ ground, extent, signal }: Bench): Promise<Consumption[]> {
  const end = Date.now() + Math.max(1000 * extent.seconds, 3 * ground.usageEveryMs);
  const over = async (): Promise<Seen<void>> => (Date.now() >= end ? { value: undefined } : { seen: "it is not over" });
  const { consumed } = await watch(ground, signal, () =>
    until<void>("the end of idleness", { seconds: 86_400, everyMs: 100, signal }, over),
  );
  return consumed;
}

/** The evaluations of a state, and what the parts took for them; nothing where none is wanted. */
async function evaluate(bench: Bench, state: State): Promise<{ rows: Evaluation[]; busy: Consumption[] }> {
  const { ground, extent, signal, say } = bench;
  say(`evaluation, ${state} state: ${extent.runs} runs of 12 loads, ${extent.seconds} s each`);
  const { result, consumed } = await watch(ground, signal, () => measureEvaluation(ground, asked[state], extent));
  return { rows: result, busy: consumed };
}

async function cost(bench: Bench): Promise<Cost[]> {
  if (!wants(bench, "cost")) return [];
  bench.say("cost of polling and of an export");
  return [await measureCost(bench.ground, bench.extent.seconds, bench.signal)];
}

async function grow({ ground, signal, say }: Bench, namespace: keyof typeof sizes): Promise<void> {
  const document = formatState(namespace, sizes[namespace]);
  say(
    `import of ${document.length} bytes as namespace "${namespace}"; an export that the schedule starts meanwhile may refuse`,
  );
  await ground.import(document);
  await publish(ground.lab, signal);
}

/** What is measured in the small state alone. */
async function runSmall(bench: Bench): Promise<Pick<Report, "propagation"> & { resting: Consumption[] }> {
  const { ground, extent, signal, say } = bench;
  const resting = wants(bench, "usage") ? await idle(bench) : [];
  if (!wants(bench, "propagation")) return { resting };
  say(`propagation of ${extent.changes} changes`);
  return { resting, propagation: await measurePropagation(ground.lab, extent.changes, signal) };
}

/** Goes from the small state to the large one, and measures in each what is wanted. */
async function run(bench: Bench): Promise<Pick<Report, "evaluation" | "propagation" | "cost" | "usage">> {
  const { groups, states } = bench.extent;
  const loaded = wants(bench, "evaluation") || wants(bench, "usage");
  const { resting, propagation } = await runSmall(bench);
  const rows: Evaluation[] = [];
  const costs: Cost[] = [];
  let busy: Consumption[] = [];
  for (const state of states) {
    if (state === "large" && wants(bench, "cost")) {
      await grow(bench, "bench-medium");
      costs.push(...(await cost(bench)));
    }
    if (state === "large" && groups.some((group) => group !== "propagation")) await grow(bench, "bench-large");
    costs.push(...(await cost(bench)));
    if (!loaded) continue;
    const seen = await evaluate(bench, state);
    rows.push(...seen.rows);
    busy = seen.busy;
  }
  return {
    ...(wants(bench, "evaluation") && { evaluation: rows }),
    ...(propagation && { propagation }),
    ...(wants(bench, "cost") && { cost: costs }),
    ...(wants(bench, "usage") && { usage: { idle: resting, busy } }),
  };
}

/** Without the paths of the machine: what is measured is shown to others. */
export const withoutPath = (program: string): string =>
  program.replace(/ \(\/[^)]*\)$/, "").replace(/^the folder \/.*/, "a folder");

/** Measures a lab, which is not as it was before. */
export async function measure(
  ground: Testbed,
  extent: Extent,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Report> {
  const { lab, machine, upSeconds } = ground;
  const { ring, mode } = lab;
  const programs = { flipt: withoutPath(lab.programs.flipt), store: withoutPath(lab.programs.store) };
  const measured = await run({ ground, extent, signal, say });
  const { runs, seconds } = extent;
  const date = new Date().toISOString().slice(0, 10);
  return { date, ring, mode, programs, machine, generator, runs, seconds, upSeconds, ...measured };
}
