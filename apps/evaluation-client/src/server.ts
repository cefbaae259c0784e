import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { api } from "./api.ts";
import { assets } from "./assets.ts";
import { backend } from "./backend.ts";
import type { Config } from "./config.ts";
import type { Backends } from "./evaluation.ts";
import { Failure, line, statusOf } from "./failure.ts";
import { metrics } from "./metrics.ts";
import { readiness } from "./readiness.ts";

const headers = {
  "content-security-policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

/** The whole application, not yet listening. */
export function server(config: Config): FastifyInstance {
  const { sidecarUrl, masterUrl, readyFlag, timeoutMs, namespace, exportSchedule } = config;
  const backends: Backends = { sidecar: backend("sidecar", sidecarUrl, timeoutMs) };
  if (masterUrl) backends.master = backend("master", masterUrl, timeoutMs);
  const ready = readiness(backends.sidecar, readyFlag);
  const measured = metrics(backends.sidecar, ready);

  const app = fastify({
    bodyLimit: 64 * 1024,
    requestTimeout: 10_000,
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: refuse,
  });
  app.removeAllContentTypeParsers();
  // like Flipt itself: a body is JSON, whatever its content type says, so that a plain `curl -d` works
  app.addContentTypeParser("*", { parseAs: "string" }, async (_: FastifyRequest, body: string) => parse(body));
  let closing = false;
  app.addHook("preClose", async () => {
    closing = true;
  });
  app.addHook("onSend", async (_, reply) => {
    reply.headers(headers);
    // a connection that stays open after its last answer would keep the program from ending
    if (closing) reply.header("connection", "close");
  });
  app.setErrorHandler(refuse);
  app.setNotFoundHandler(({ method, url }) => {
    throw new Failure("not-found", `no such address: ${method} ${line(url)}`);
  });

  app.get("/health", () => ({ status: "ok" }));
  app.get("/ready", async (_, reply) => {
    const state = await ready.ask();
    reply.code(state.ready ? 200 : 503);
    return state;
  });
  app.get("/metrics", async (_, reply) => {
    reply.type(measured.contentType);
    return measured.text();
  });
  for (const [name, { type, body }] of assets()) {
    app.get(name === "index.html" ? "/" : `/${name}`, (_, reply) => reply.type(type).send(body));
  }
  api(app, { backends, readiness: ready, metrics: measured, namespace, schedule: exportSchedule });
  return app;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new Failure("bad-request", `the body is not JSON: ${line((cause as Error).message)}`, { cause });
  }
}

function refuse(error: FastifyError | Failure, _: FastifyRequest, reply: FastifyReply): void {
  if (error instanceof Failure) {
    reply.code(statusOf(error)).send({ error });
    return;
  }
  const { statusCode = 500, message } = error;
  const kind = statusCode < 500 ? "bad-request" : "server-error";
  reply.code(statusCode).send({ error: { kind, message: line(message) } });
}
