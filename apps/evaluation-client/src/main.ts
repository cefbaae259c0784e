import type { FastifyInstance } from "fastify";
import { type Config, config } from "./config.ts";
import { server } from "./server.ts";

/** Milliseconds that running requests have to finish after a signal. */
const graceMs = 5000;

function fail(error: unknown, code: number): never {
  console.error(`evaluation-client: ${error instanceof Error ? error.message : JSON.stringify(error)}`);
  process.exit(code);
}

function read(): Config {
  try {
    return config(process.env);
  } catch (error) {
    return fail(error, 2);
  }
}

async function listen(app: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const taken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
    return fail(taken ? new Error(`port ${port} of "${host}" is taken: set PORT to a free one, or to 0`) : error, 1);
  }
}

function stop(app: FastifyInstance): void {
  const giveUp = (): never => {
    console.error(`evaluation-client: gave up the requests that had no answer after ${graceMs / 1000} s`);
    process.exit(0);
  };
  setTimeout(giveUp, graceMs).unref();
  app.close().then(
    () => process.exit(0),
    (error) => fail(error, 1),
  );
}

const settings = read();
const app = server(settings);
// Before it listens: the first process of a container does not die of a signal that it does not handle.
process.once("SIGTERM", () => stop(app));
process.once("SIGINT", () => stop(app));
const address = await listen(app, settings);
const { sidecarUrl, masterUrl = "none" } = settings;
console.log(`evaluation-client on ${address}, sidecar ${sidecarUrl}, master ${masterUrl}`);
