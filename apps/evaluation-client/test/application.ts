import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { repository } from "../../../testing/process.ts";
import type { Value } from "../src/answer.ts";
import { config } from "../src/config.ts";
import type { Question } from "../src/question.ts";
import { server } from "../src/server.ts";
import type { BackendStatus } from "../src/status.ts";

/** Two namespaces with every kind of flag. */
export const state = readFileSync(repository("apps/evaluation-client/test/features.yml"), "utf8");

interface Said {
  kind: string;
  message: string;
}

interface Listed {
  key: string;
}

/** Every field that a test reads from an answer of the API. */
export interface Body {
  answers: Record<"sidecar" | "master", Value & { latencyMs: number; error: Said }>;
  agree: boolean | null;
  error: Said;
  namespaces: Listed[];
  flags: Listed[];
  calls: { question: Question }[];
  ready: { ready: boolean };
  waitingFor: string;
  sidecar: BackendStatus;
  master: BackendStatus;
}

export interface Answered {
  status: number;
  body: Body;
}

export interface Application {
  url: string;
  get(path: string): Promise<Answered>;
  /** The text of `/metrics`. */
  metrics(): Promise<string>;
  evaluate(body: unknown): Promise<Answered>;
  stop(): Promise<void>;
}

/** The application in this process, on a free port. */
export async function startApplication(env: Record<string, string>): Promise<Application> {
  const app = server(config({ PORT: "0", ...env }));
  const url = await app.listen({ host: "127.0.0.1", port: 0 });
  const answered = async (path: string, init?: RequestInit): Promise<Answered> => {
    const response = await fetch(url + path, init);
    return { status: response.status, body: (await response.json()) as Body };
  };
  return {
    url,
    metrics: async () => (await fetch(`${url}/metrics`)).text(),
    get: (path) => answered(path),
    evaluate: (body) => answered("/api/evaluate", { method: "POST", body: JSON.stringify(body) }),
    stop: async () => {
      const closed = app.close();
      // fetch opens a new connection for one that it has aborted: Node would wait a minute for its first request
      app.server.closeAllConnections();
      await closed;
    },
  };
}

/** A server in the place of a Flipt. */
export async function startPlace(listener: RequestListener): Promise<{ url: string; stop(): void }> {
  const place = createServer(listener);
  await new Promise<void>((resolve) => place.listen(0, "127.0.0.1", resolve));
  const { port } = place.address() as AddressInfo;
  const stop = () => {
    place.close();
    place.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${port}`, stop };
}
