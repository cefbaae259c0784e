import { readFileSync } from "node:fs";
import type { V1Container, V1ContainerStatus } from "@kubernetes/client-node";
import { scriptContainer } from "../../src/drivers/kubernetes/reach/ephemeral-container.ts";

/** An address that is asked by a number of connections at once; an answer is good when it is 200 and holds a text. */
interface Target {
  url: string;
  body?: object;
  expect: string;
  connections: number;
}

export interface Load {
  /** Until its end; when left out, until SIGTERM. */
  seconds?: number;
  /** How long it goes on after SIGTERM. */
  drainSeconds?: number;
  targets: Target[];
}

export interface Counted {
  endedBy: "time" | "SIGTERM";
  seconds: number;
  counts: { url: string; asked: number; failed: number; faults: string[] }[];
}

const script = readFileSync(new URL("load.mjs", import.meta.url), "utf8");

export const flagKey = "dark-mode";

/** The evaluation of a flag of the seed, asked of the sidecar from inside its pod. */
export const evaluation = (connections: number): Target => ({
  url: "http://localhost:8080/evaluate/v1/boolean",
  body: { namespaceKey: "default", flagKey, entityId: "load", context: {} },
  expect: '"enabled":',
  connections,
});

/** A container that makes load. */
export const loadContainer = (name: string, image: string, load: Load): V1Container =>
  scriptContainer(name, image, script, { LOAD: JSON.stringify(load) });

/** What a container of load has counted; undefined while it runs, and when it died without a word. */
export function readCounts(statuses: V1ContainerStatus[] | undefined, name: string): Counted | undefined {
  const { message } = statuses?.find((status) => status.name === name)?.state?.terminated ?? {};
  return message ? (JSON.parse(message) as Counted) : undefined;
}
