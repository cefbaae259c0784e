import { setTimeout as pause } from "node:timers/promises";
import { oneLine } from "../fault.ts";
import type { Lab } from "../lab.ts";
import type { Group, Step } from "./step.ts";
import { holdsNothing } from "./sweep.ts";
import { Verification } from "./verification.ts";

export interface Result {
  group: Group;
  title: string;
  outcome: "passed" | "failed" | "not provable";
  seconds: number;
  /** What was measured, why it failed, or why it is not provable here. */
  detail: string;
}

export interface Observer {
  begins(step: Step): void;
  ends(result: Result): void;
}

/** Thrown by a step that finds out that its place cannot show the fact. */
export class NotProvable extends Error {}

const graceMs = 5000;

/** Races a step against its deadline; the deadline's message tells what was seen last. */
async function withDeadline(step: Step, proof: Verification, interrupted: AbortSignal): Promise<string | undefined> {
  const seconds = step.seconds(proof.lab.intervals);
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new Error(`not so after ${seconds} s; last seen: ${proof.lastSeen}`)),
    seconds * 1000,
  );
  proof.signal = AbortSignal.any([late.signal, interrupted]);
  proof.lastSeen = "nothing yet";
  const ended = new Promise<never>((_, reject) => {
    proof.signal.addEventListener("abort", () => reject(proof.signal.reason), { once: true });
  });
  const run = step.run(proof);
  try {
    return await Promise.race([run, ended]);
  } catch (error) {
    // An aborted wait says only that it was aborted; the deadline's own words are better.
    throw late.signal.aborted ? late.signal.reason : error;
  } finally {
    clearTimeout(timer);
    // What the step has under way ends before anything is taken back; a step that hangs is not waited for.
    const ended = new AbortController();
    const settled = run.then(
      () => ended.abort(),
      () => ended.abort(),
    );
    await Promise.race([settled, pause(graceMs, undefined, { signal: ended.signal }).catch(() => {})]);
  }
}

async function judge(step: Step, proof: Verification, interrupted: AbortSignal): Promise<Result> {
  const { group, title, needs } = step;
  const lacking = needs && proof.lab.lacks(needs);
  if (lacking) return { group, title, outcome: "not provable", seconds: 0, detail: `not provable here: ${lacking}` };
  const started = Date.now();
  const result = (outcome: Result["outcome"], detail = ""): Result => ({
    group,
    title,
    outcome,
    seconds: (Date.now() - started) / 1000,
    detail,
  });
  try {
    return result("passed", await withDeadline(step, proof, interrupted));
  } catch (error) {
    interrupted.throwIfAborted();
    if (error instanceof NotProvable) return result("not provable", `not provable here: ${error.message}`);
    return result("failed", oneLine(error));
  }
}

/** Takes everything back and lets the copy follow. Returns what did not work. */
async function restore(proof: Verification): Promise<string[]> {
  if (!proof.hasChanged) return [];
  const { poll } = proof.lab.intervals;
  proof.signal = AbortSignal.timeout((2 * poll + 60) * 1000);
  const failures = await proof.takeBack();
  const allowEmpty = await holdsNothing(proof.lab).catch(() => false);
  await proof
    .settle({ allowShrink: true, allowEmpty })
    .catch((error) => failures.push(`the last export: ${oneLine(error)}`));
  return failures;
}

/**
 * Proves steps one after the other. What they made is taken back and what they stopped is started again, also when one
 * fails or the signal comes.
 *
 * @returns a result for each step, and what could not be taken back
 */
export async function runSteps(
  steps: Step[],
  lab: Lab,
  observer: Observer,
  interrupted: AbortSignal,
): Promise<{ results: Result[]; leftovers: string[] }> {
  const proof = new Verification(lab);
  const results: Result[] = [];
  const leftovers: string[] = [];
  try {
    for (const step of steps) {
      interrupted.throwIfAborted();
      observer.begins(step);
      const result = await judge(step, proof, interrupted);
      // What a failed step has stopped must not fail the next one.
      if (result.outcome === "failed") leftovers.push(...(await restore(proof)));
      results.push(result);
      observer.ends(result);
    }
  } finally {
    leftovers.push(...(await restore(proof)));
  }
  return { results, leftovers };
}
