import type { FastifyInstance, FastifyReply } from "fastify";
import type { Backend } from "./backend.ts";
import { type Call, remember } from "./calls.ts";
import { type Backends, evaluate, pick, statusOfEvaluation } from "./evaluation.ts";
import { Failure } from "./failure.ts";
import type { Metrics } from "./metrics.ts";
import { namespaceOf, type Question, question, questionOfQuery } from "./question.ts";
import type { Readiness } from "./readiness.ts";
import { status } from "./status.ts";

export interface Parts {
  backends: Backends;
  readiness: Readiness;
  metrics: Metrics;
  /** Namespace that the page shows first. */
  namespace: string;
}

interface Listing {
  Params: { namespace: string };
  Querystring: { backend?: string };
}

interface OneLine {
  Params: { namespace: string; flag: string };
}

/**
 * The JSON API. Every error is `{"error":{"kind","message"}}`; kinds: bad-request and wrong-type 400, not-found 404,
 * unreachable, bad-answer and server-error 502, timeout 504.
 *
 * - `GET /api/status`: readiness, addresses and freshness of the backends
 * - `GET /api/namespaces`, `GET /api/namespaces/:namespace/flags`: from the sidecar, or with `?backend=master`
 * - `POST /api/evaluate` `{backend?, namespaceKey?, flagKey, entityId, context?, type?}`: an {@link Evaluation}; 200 when
 *   any backend answered, so that a dead master does not hide the sidecar's answer
 * - `GET /evaluate/:namespace/:flag?entity=…&backend=…&key=value`: the same for one line of curl, indented
 * - `GET /api/calls`: the latest calls, newest first
 */
export function api(app: FastifyInstance, { backends, readiness, metrics, namespace }: Parts): void {
  let calls: Call[] = [];

  const answer = async (asked: Question, reply: FastifyReply) => {
    const evaluation = await evaluate(backends, asked);
    metrics.count(evaluation);
    calls = remember(calls, evaluation);
    reply.code(statusOfEvaluation(evaluation));
    return evaluation;
  };

  app.get("/api/status", () => status(backends, readiness, namespace));
  app.get("/api/calls", () => ({ calls }));
  app.get<Listing>("/api/namespaces", async ({ query }) => ({
    namespaces: await listed(backends, query.backend).namespaces(),
  }));
  app.get<Listing>("/api/namespaces/:namespace/flags", async ({ params, query }) => ({
    flags: await listed(backends, query.backend).flags(namespaceOf(params.namespace)),
  }));
  app.post("/api/evaluate", ({ body }, reply) => answer(question(body), reply));
  app.get<OneLine>("/evaluate/:namespace/:flag", async ({ params, url }, reply) => {
    const query = new URLSearchParams(url.split("?")[1] ?? "");
    const evaluation = await answer(questionOfQuery(params.namespace, params.flag, query), reply);
    reply.type("application/json; charset=utf-8");
    return `${JSON.stringify(evaluation, null, 2)}\n`;
  });
}

function listed(backends: Backends, name: unknown = "sidecar"): Backend {
  if (name === "sidecar" || name === "master") return pick(backends, name);
  throw new Failure("bad-request", `"backend" is not one of sidecar, master`);
}
