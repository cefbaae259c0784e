import type { Lab } from "../lab.ts";
import { type Judgement, rows } from "./hops.ts";
import type { Observations } from "./observations.ts";

/** One station of the copy's way. */
export interface Hop extends Omit<Judgement, "fault" | "wait"> {
  name: string;
  address: string;
}

export interface Status {
  mode: string;
  ring: string;
  hops: Hop[];
  verdict: "in step" | "on its way" | "broken";
  /** Why the verdict is not `in step`. */
  reason: string;
}

/** Asks every hop of a lab at once. */
export async function observe(lab: Lab): Promise<Observations> {
  const { intervals } = lab;
  const seen = await Promise.all(rows.map((row) => row.observe(lab)));
  return Object.assign({ now: Date.now(), intervals }, ...seen) as Observations;
}

/** Draws the conclusion from what was seen; pure. */
export function conclude(
  seen: Observations,
  lab: Pick<Lab, "mode" | "ring" | "addresses" | "services" | "programs">,
): Status {
  const judged = rows.map(({ name, address, judge }) => ({ name, address: address(lab, seen), ...judge(seen) }));
  const faults = judged.flatMap(({ fault = [] }) => fault);
  const waits = judged.flatMap(({ wait = [] }) => wait);
  const verdict = faults.length > 0 ? "broken" : waits.length > 0 ? "on its way" : "in step";
  const hops = judged.map(({ fault: _, wait: __, ...hop }) => hop);
  return { mode: lab.mode, ring: lab.ring, hops, verdict, reason: [...faults, ...waits].join("; ") };
}
