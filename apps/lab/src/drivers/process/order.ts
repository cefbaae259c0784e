import type { ExportRequest, ExportRun, Stoppable } from "../../lab.ts";
import type { Sighting } from "./identity.ts";
import type { LabRecord } from "./state-folder.ts";

/** The verification that holds a lab. */
export interface Holder extends Sighting {
  /** ISO 8601. */
  since: string;
}

/** The requests that other commands may send to a running lab. */
export interface Orders {
  export: { ask: ExportRequest; answer: ExportRun };
  exports: { ask: object; answer: { runs: ExportRun[]; next: number } };
  stop: { ask: { part: Stoppable }; answer: object };
  start: { ask: { part: Stoppable }; answer: object };
  hold: { ask: Sighting; answer: { by?: Holder } };
  release: { ask: Sighting; answer: object };
}

export type Order = keyof Orders;

/** Sends an order to a running lab. */
export async function order<O extends Order>(
  { control }: LabRecord,
  name: O,
  ask: Orders[O]["ask"] = {},
): Promise<Orders[O]["answer"]> {
  const response = await fetch(`http://127.0.0.1:${control.port}/${name}`, {
    method: "POST",
    headers: { authorization: `Bearer ${control.token}`, "content-type": "application/json" },
    body: JSON.stringify(ask),
    signal: AbortSignal.timeout(120_000),
  });
  const answer = (await response.json()) as Orders[O]["answer"] & { error?: string };
  if (!response.ok) throw new Error(answer.error ?? `the lab answered ${response.status}`);
  return answer;
}
