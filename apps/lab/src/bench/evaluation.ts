import { demand, type Endpoint, urlOf } from "../flipt.ts";
import type { Latency, Plan, Sample, Target } from "./load.ts";
import { type Spread, spread } from "./spread.ts";
import { type Server, servers, type Testbed } from "./testbed.ts";

/** A state to be asked: what is in it, and a flag whose answer costs most. */
export interface Asked {
  state: "small" | "large";
  namespaceKey: string;
  /** The flags, one for a single evaluation and ten for a batch. */
  flagKeys: string[];
  kind: "boolean" | "variant";
  context: Record<string, string>;
}

const kinds = ["single", "batch"] as const;
type Kind = (typeof kinds)[number];
const connections = [1, 16];
const batchSize = 10;

/** One row: a server in one situation, in all runs. */
export interface Evaluation {
  state: Asked["state"];
  kind: Kind;
  connections: number;
  server: Server;
  /** Of an answer's body. */
  bytes: number;
  /** Of all runs. */
  answers: number;
  failed: number;
  /** Answers a second. */
  rate: Spread;
  /** Microseconds. */
  latency: Record<keyof Latency, Spread>;
}

interface Question {
  path: string;
  body: object;
  expect: string;
}

function question({ namespaceKey, flagKeys, kind, context }: Asked, how: Kind): Question {
  const request = (index: number) => ({
    namespaceKey,
    flagKey: flagKeys[index % flagKeys.length],
    entityId: `entity-${index}`,
    context,
  });
  const expect = kind === "boolean" ? '"enabled":' : '"match":true';
  if (how === "single") return { path: `/evaluate/v1/${kind}`, body: request(0), expect };
  const requests = Array.from({ length: batchSize }, (_, index) => request(index));
  return { path: "/evaluate/v1/batch", body: { requests }, expect };
}

const id = (how: Kind, count: number, server: Server): string => `${how} ${count} ${server}`;

function target(server: Endpoint, { path, body, expect }: Question, name: string, count: number): Target {
  return {
    id: name,
    url: `${urlOf(server)}${path}`,
    headers: typeof server === "string" ? {} : server.headers,
    body: JSON.stringify(body),
    expect,
    connections: count,
  };
}

/** All targets of a state; the empty server is asked for as many bytes as the sidecar answers. */
async function targets({ lab, servers: at }: Testbed, asked: Asked): Promise<Target[]> {
  const questions = kinds.map(async (how) => {
    const asking = question(asked, how);
    const answer = await demand(lab.addresses.sidecar, asking.path, { method: "POST", body: asking.body });
    const empty = { ...asking, path: `/${JSON.stringify(answer).length}`, expect: '"empty":' };
    return connections.flatMap((count) =>
      servers.map((server) => target(at[server], server === "empty" ? empty : asking, id(how, count, server), count)),
    );
  });
  return (await Promise.all(questions)).flat();
}

/** The rows of what was measured, in the order of the questions; pure. */
export const toRows = (state: Asked["state"], samples: Sample[]): Evaluation[] =>
  kinds.flatMap((kind) =>
    connections.flatMap((count) =>
      servers.map((server) => {
        const own = samples.filter((sample) => sample.id === id(kind, count, server));
        const of = (number: keyof Latency): Spread => spread(own.map(({ latency }) => latency[number]));
        const sum = (number: "count" | "failed"): number => own.reduce((total, sample) => total + sample[number], 0);
        return {
          state,
          kind,
          connections: count,
          server,
          bytes: own[0]?.bytes ?? 0,
          answers: sum("count"),
          failed: sum("failed"),
          rate: spread(own.map(({ rate }) => rate)),
          latency: { p50: of("p50"), p90: of("p90"), p99: of("p99"), max: of("max") },
        };
      }),
    ),
  );

/** Asks sidecar, master and the empty server by turns, in one state. */
export async function measureEvaluation(
  ground: Testbed,
  asked: Asked,
  length: Pick<Plan, "runs" | "seconds">,
): Promise<Evaluation[]> {
  const warmSeconds = Math.min(1, length.seconds / 2);
  const samples = await ground.generate({ ...length, warmSeconds, targets: await targets(ground, asked) });
  return toRows(asked.state, samples);
}
