import { existsSync } from "node:fs";
import { parseArgs } from "node:util";
import fc from "fast-check";
import type { Document } from "flipt-document";
import { type Instance, startMaster, startSidecar } from "../../../../testing/flipt.ts";
import { run } from "../../../../testing/process.ts";
import { answer } from "./answers.ts";
import { evaluable, type Question, questions } from "./arbitrary.ts";
import { evaluations } from "./evaluations.ts";
import { importBoth, imported } from "./imports.ts";
import { reads } from "./reads.ts";
import { damaged, judge } from "./verdict.ts";
import { filled, writes } from "./writes.ts";

const usage = "usage: npm run test:differential -- --flipt PATH [--pairs 10000] [--seed NUMBER]";
const perState = { namespaces: 25, questions: 32, reads: 200, histories: 4, writes: 40 };
/** Pairs of one state, on both kinds of instance. */
const pairsOfState =
  2 * (perState.namespaces * perState.questions + perState.reads) + perState.histories * perState.writes;
const verdictShare = 0.03;
const importShare = 0.01;
const shown = 10;

function readOptions(): { flipt: string; pairs: number; seed: number } {
  const { values } = parseArgs({
    options: { flipt: { type: "string" }, pairs: { type: "string", default: "10000" }, seed: { type: "string" } },
  });
  const { flipt, pairs } = values;
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  if (flipt === undefined || !existsSync(flipt))
    throw new Error(`needs a Flipt v1.61.1 to compare the emulator with: --flipt names ${flipt ?? "none"}; ${usage}`);
  if (!(Number(pairs) > 0) || !Number.isInteger(seed)) throw new Error(usage);
  return { flipt, pairs: Number(pairs), seed };
}

const tally = new Map<string, { pairs: number; different: number; outcomes: Set<string> }>();

function compare(kind: string, theirs: string, ours: string, subject: () => string): void {
  const count = tally.get(kind) ?? { pairs: 0, different: 0, outcomes: new Set<string>() };
  tally.set(kind, count);
  count.pairs += 1;
  count.outcomes.add(theirs);
  if (theirs === ours) return;
  count.different += 1;
  if (count.different <= shown) console.log(`\n✗ ${kind}\n  ${subject()}\n  flipt:    ${theirs}\n  emulator: ${ours}`);
}

interface State {
  documents: Document[];
  questions: Question[][];
}

function stateOf(seed: number): State {
  const keys = Array.from({ length: perState.namespaces }, (_, index) => `n${index}`);
  const one = (key: string, index: number) => ({ seed: seed + index, numRuns: 1, key });
  const samples = keys.map(one);
  return {
    documents: samples.flatMap(({ key, ...parameters }) => fc.sample(evaluable(key), parameters)),
    questions: samples.flatMap(({ key: _, ...parameters }) => fc.sample(questions(perState.questions), parameters)),
  };
}

/** Documents as JSON, which is YAML too. */
const streamOf = (documents: readonly Document[]): string =>
  documents.map((document) => `${JSON.stringify(document)}\n`).join("---\n");

async function compareAnswers(kind: string, pair: readonly [Instance, Instance], state: State): Promise<void> {
  for (const [index, asked] of state.questions.entries()) {
    const [theirs = [], ours = []] = await Promise.all(pair.map(({ url }) => evaluations(url, `n${index}`, asked)));
    for (const [at, question] of asked.entries()) {
      const flag = () => JSON.stringify({ question, document: state.documents[index] });
      compare(kind, theirs[at] ?? "nothing", ours[at] ?? "nothing", flag);
    }
  }
}

async function compareReads(kind: string, pair: readonly [Instance, Instance], seed: number): Promise<void> {
  const [asked = []] = fc.sample(reads(perState.reads), { seed, numRuns: 1 });
  for (const request of asked) {
    const [[theirs], [ours]] = await Promise.all([answer(pair[0].url, request), answer(pair[1].url, request)]);
    compare(kind, theirs, ours, () => JSON.stringify(request));
  }
}

/** One history of writes, on fresh masters: each instance is told the ids that it gave itself. */
async function compareWrites(flipt: string, seed: number): Promise<void> {
  const [history = []] = fc.sample(writes(perState.writes), { seed, numRuns: 1 });
  await withPair(flipt, startMaster, undefined, async (pair) => {
    const ids: [string[], string[]] = [[], []];
    for (const write of history) {
      const [theirs, ours] = await Promise.all([
        answer(pair[0].url, filled(write, ids[0])),
        answer(pair[1].url, filled(write, ids[1])),
      ]);
      compare("write on a master", theirs[0], ours[0], () => JSON.stringify(write));
      for (const [index, [, body]] of [theirs, ours].entries()) {
        const { id } = body as { id?: string };
        if (id !== undefined && write.method === "POST") ids[index as 0 | 1].push(id);
      }
    }
  });
}

async function compareState(flipt: string, seed: number): Promise<void> {
  const state = stateOf(seed);
  const text = streamOf(state.documents);
  const roles = [
    ["a sidecar", startSidecar],
    ["a master", startMaster],
  ] as const;
  for (const [role, start] of roles) {
    await withPair(flipt, start, text, async (pair) => {
      await compareAnswers(`evaluation on ${role}`, pair, state);
      await compareReads(`read of ${role}`, pair, seed);
    });
  }
  for (let index = 0; index < perState.histories; index += 1) await compareWrites(flipt, seed + index);
}

/** Starts a Flipt and an emulator, and stops what was started also when one of them does not start. */
async function withPair(
  flipt: string,
  start: typeof startMaster,
  state: string | undefined,
  use: (pair: [Instance, Instance]) => Promise<void>,
): Promise<void> {
  const options = state === undefined ? {} : { state };
  const begun = await Promise.allSettled([start({ ...options, program: flipt }), start(options)]);
  const started = begun.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
  try {
    const failed = begun.find((each) => each.status === "rejected");
    if (failed) throw failed.reason;
    await use(started as [Instance, Instance]);
  } finally {
    await Promise.all(started.map((instance) => instance.stop()));
  }
}

async function main(): Promise<number> {
  const { flipt, pairs, seed } = readOptions();
  const version = (await run(flipt, { args: ["--version"] })).stdout.match(/Version: (\S+)/)?.[1];
  console.log(`seed ${seed}, against ${flipt} (${version ?? "no version"})`);
  const verdicts = Math.ceil(pairs * verdictShare);
  for (const text of fc.sample(damaged, { seed, numRuns: verdicts })) {
    const [theirs, ours] = await judge(text, flipt);
    compare(
      "loader verdict",
      `${theirs.code} by ${theirs.by}`,
      `${ours.code} by ${ours.by}`,
      () => `${text.trim()}\n  ${theirs.text}\n  ${ours.text}`,
    );
  }
  const imports = Math.ceil(pairs * importShare);
  for (const document of fc.sample(imported, { seed, numRuns: imports })) {
    const [theirs, ours] = await importBoth(document, flipt);
    compare("import", theirs, ours, () => JSON.stringify(document));
  }
  const states = Math.ceil((pairs - verdicts - imports) / pairsOfState);
  for (let index = 0; index < states; index += 1) await compareState(flipt, seed + 1000 * (index + 1));
  const counts = [...tally.values()];
  for (const [kind, { pairs: all, different, outcomes }] of tally)
    console.log(`${kind}: ${all} pairs, ${outcomes.size} distinct outcomes, ${different} different`);
  const different = counts.reduce((sum, count) => sum + count.different, 0);
  console.log(`\n${counts.reduce((sum, count) => sum + count.pairs, 0)} pairs, ${different} different`);
  return different > 0 ? 1 : 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 3;
}
