import { urlOf } from "../flipt.ts";
import type { Stoppable } from "../lab.ts";
import { until } from "../until.ts";
import { type Answers, difference, evaluateAll } from "./answers.ts";
import { ground } from "./fixtures.ts";
import { listAll, type Question, questionsFor } from "./questions.ts";
import { polls, type Step } from "./step.ts";
import type { Verification } from "./verification.ts";

interface Reference {
  questions: Question[];
  answers: Answers;
}

async function reference(proof: Verification): Promise<Reference> {
  const { sidecar } = proof.lab.addresses;
  await ground(proof);
  const questions = await questionsFor(sidecar, await listAll(sidecar));
  return { questions, answers: await evaluateAll(sidecar, questions) };
}

/** Asks again and again for some seconds; each answer has to be the same as before. Returns the number of evaluations. */
async function insist(proof: Verification, seconds: number, { questions, answers }: Reference): Promise<number> {
  const end = Date.now() + seconds * 1000;
  let count = 0;
  return until<number>(
    "the end of the observation",
    { seconds: seconds + 30, everyMs: 500, signal: proof.signal },
    async () => {
      const found = difference(await evaluateAll(proof.lab.addresses.sidecar, questions), answers);
      if (found) throw new Error(`flipt-sidecar's answers have changed: ${found}`);
      count += questions.length;
      return Date.now() >= end ? { value: count } : { seen: `${count} evaluations` };
    },
  );
}

function holds(title: string, stopped: Stoppable[], observe: (poll: number) => number): Step {
  return {
    group: "locality",
    title,
    ...(stopped.includes("store") && { needs: "stop-store" as const }),
    seconds: polls(60),
    async run(proof) {
      const known = await reference(proof);
      await proof.stop(...stopped);
      for (const part of stopped) await isGone(proof, part);
      const count = await insist(proof, observe(proof.lab.intervals.poll), known);
      await proof.start(...stopped);
      return `${count} evaluations, all as before`;
    },
  };
}

/** Makes sure that a stopped part really does not answer: else the step would prove nothing. */
async function isGone(proof: Verification, part: Stoppable): Promise<void> {
  const { master, store } = proof.lab.addresses;
  const address = part === "store" ? store : master;
  if (!address) {
    if ((await proof.lab.publication()) !== undefined) throw new Error(`the ${part} was stopped and is still there`);
    return;
  }
  const answer = await fetch(urlOf(address), { signal: AbortSignal.timeout(2000) }).catch(() => undefined);
  if (answer) throw new Error(`the ${part} was stopped and still answers: status ${answer.status}`);
}

export const locality: Step[] = [
  holds("the sidecar answers with the master stopped", ["flipt-master"], () => 2),
  // Long enough for a poll to fail.
  holds("the sidecar answers with the store stopped", ["store"], (poll) => poll + 1),
  holds("the sidecar answers with master and store stopped", ["flipt-master", "store"], () => 2),
];
