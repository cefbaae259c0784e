import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { Backend } from "./backend.ts";
import { type Call, remember } from "./calls.ts";
import { type Backends, type Evaluation, evaluate, pick, statusOfEvaluation } from "./evaluation.ts";
import { Failure, line } from "./failure.ts";
import { load } from "./load.ts";
import type { Metrics } from "./metrics.ts";
import { order } from "./order.ts";
import { namesOf, namespaceOf, type Question, question, questionOfQuery } from "./question.ts";
import type { Readiness } from "./readiness.ts";
import type { Schedule } from "./schedule.ts";
import { status } from "./status.ts";
import { observations } from "./watch.ts";

/** How many streams may be open at once. */
const watchLimit = 8;

export interface Parts {
  backends: Backends;
  readiness: Readiness;
  metrics: Metrics;
  /** Namespace that the page shows first. */
  namespace: string;
  /** When the exporter runs. */
  schedule: Schedule;
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
 * forbidden 403, unreachable, bad-answer and server-error 502, busy 503, timeout 504.
 *
 * - `GET /api/status`: readiness, addresses and freshness of the backends
 * - `GET /api/namespaces`, `GET /api/namespaces/:namespace/flags`: from the sidecar, or with `?backend=master`
 * - `POST /api/evaluate` `{backend?, namespaceKey?, flagKey, entityId, context?, type?}`: an {@link Evaluation}; 200 when
 *   any backend answered, so that a dead master does not hide the sidecar's answer
 * - `GET /evaluate/:namespace/:flag?entity=…&backend=…&key=value`: the same for one line of curl, indented
 * - `GET /api/calls`: the latest calls, newest first
 * - `GET /api/watch/:namespace/:flag?…`: the same question each second, as server-sent events
 * - `GET`, `POST`, `DELETE /api/load`: the background load and what it has measured
 */
export function api(app: FastifyInstance, parts: Parts): void {
  const { backends, metrics } = parts;
  let calls: Call[] = [];

  const tell = (evaluation: Evaluation): void => {
    metrics.count(evaluation);
    calls = remember(calls, evaluation);
  };
  const answer = async (asked: Question, reply: FastifyReply) => {
    const evaluation = await evaluate(backends, asked);
    tell(evaluation);
    reply.code(statusOfEvaluation(evaluation));
    return evaluation;
  };

  app.get("/api/status", () => status(parts));
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
  loadApi(app, backends, metrics);
  watchApi(app, parts, tell);
}

/** The background load; it ends with the program. */
function loadApi(app: FastifyInstance, backends: Backends, metrics: Metrics): void {
  const running = load(backends, metrics.countLoad);
  app.addHook("preClose", async () => {
    running.stop();
  });
  app.get("/api/load", () => running.state());
  app.post("/api/load", { onRequest: refuseOtherSites }, ({ body }) => running.start(order(body)));
  app.delete("/api/load", { onRequest: refuseOtherSites }, () => running.stop());
}

/** A page of another site may not put load on what answers on this machine's localhost; browsers say where they come from. */
async function refuseOtherSites({ headers }: FastifyRequest): Promise<void> {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none")
    throw new Failure(
      "forbidden",
      `a page of another site asks (sec-fetch-site: ${line(String(site))}): open this program's own page`,
    );
}

/** Streams for the page, a bounded number; they end with the program. */
function watchApi(app: FastifyInstance, { backends, schedule }: Parts, tell: (evaluation: Evaluation) => void): void {
  const open = new Set<AbortController>();
  app.addHook("preClose", async () => {
    for (const end of open) end.abort();
  });
  app.get<OneLine>("/api/watch/:namespace/:flag", { exposeHeadRoute: false }, ({ params, url }, reply) => {
    const question = questionOfQuery(params.namespace, params.flag, new URLSearchParams(url.split("?")[1] ?? ""));
    for (const name of namesOf(question)) pick(backends, name);
    if (open.size >= watchLimit)
      throw new Failure("busy", `${watchLimit} streams are open already: close a page that watches`);
    const end = new AbortController();
    open.add(end);
    reply.raw.on("close", () => {
      open.delete(end);
      end.abort();
    });
    // a stream's connection is not used again: the program could not end before it
    reply.type("text/event-stream; charset=utf-8").header("connection", "close");
    return reply.send(Readable.from(observations({ backends, schedule, question, signal: end.signal, tell })));
  });
}

function listed(backends: Backends, name: unknown = "sidecar"): Backend {
  if (name === "sidecar" || name === "master") return pick(backends, name);
  throw new Failure("bad-request", `"backend" is not one of sidecar, master`);
}
