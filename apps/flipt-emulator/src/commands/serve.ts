import { once } from "node:events";
import type { Server } from "node:http";
import { createGuard } from "../auth/guard.ts";
import { authRoutes } from "../auth/routes.ts";
import { createTokens, type Tokens } from "../auth/tokens.ts";
import type { Config } from "../config.ts";
import { legacyRoutes } from "../evaluation/legacy.ts";
import { evaluationRoutes } from "../evaluation/routes.ts";
import type { Route } from "../http/route.ts";
import { createServer } from "../http/server.ts";
import type { Log } from "../log.ts";
import { writeRoutes } from "../management/routes.ts";
import type { Database } from "../master/database.ts";
import { absentRoutes } from "../meta/absent.ts";
import { metaRoutes, type Platform } from "../meta/routes.ts";
import { createMetrics } from "../metrics/metrics.ts";
import type { Store } from "../model.ts";
import { ofrepRoutes } from "../ofrep/routes.ts";
import { readRoutes } from "../reads/routes.ts";
import { openSidecar } from "../sidecar/store.ts";
import { snapshotRoutes } from "../snapshot/routes.ts";

/** A running server. */
export interface Serving {
  /** Where it listens. */
  port: number;
  /** Lets running requests end, then closes the state behind them. */
  close(): Promise<void>;
}

/**
 * Opens the state that the configuration names and serves it.
 *
 * @throws {Error} with what v1.61.1 says when it cannot start
 */
export async function serve(config: Config, log: Log, platform: Platform): Promise<Serving> {
  const { close, ...opened } = await openStore(config, log);
  const app = await createApp(config, log, platform, opened);
  const { host, httpPort } = config.server;
  try {
    await once(app.listen(httpPort, host), "listening");
  } catch (error) {
    close();
    throw portError(error as NodeJS.ErrnoException, host, httpPort);
  }
  const address = app.address();
  const port = typeof address === "object" && address ? address.port : httpPort;
  log("INFO", "api available", { server: "http", address: `http://${host}:${port}/api/v1` });
  return { port, close: () => end(app).then(close) };
}

interface Opened {
  store: Store;
  tokens: Tokens;
  /** Present where writes are allowed. */
  database?: Database;
  close(): void;
}

async function openStore({ storage, databaseUrl }: Config, log: Log): Promise<Opened> {
  if (storage.type !== "database") {
    const sidecar = await openSidecar(storage, log);
    return { store: sidecar, tokens: createTokens(), close: sidecar.close };
  }
  // its native library is of no use to a sidecar
  const { openDatabase } = await import("../master/database.ts");
  const database = openDatabase(databaseUrl);
  const { tokens } = database;
  return { store: database, tokens, ...(!storage.readOnly && { database }), close: () => database.close() };
}

async function createApp(
  config: Config,
  log: Log,
  platform: Platform,
  { store, tokens, database }: Omit<Opened, "close">,
): Promise<Server> {
  const page: Route[] = config.ui ? (await import("../page/routes.ts")).pageRoutes() : [];
  const guard = createGuard(config.authentication, tokens, log);
  const fixed = [
    ...metaRoutes(config, platform),
    ...authRoutes(config.authentication, guard, tokens),
    ...absentRoutes(),
    ...ofrepRoutes(store),
    ...readRoutes(store),
    ...writeRoutes(database, store),
    ...snapshotRoutes(store),
  ];
  const metrics = createMetrics(fixed);
  const evaluation = [...evaluationRoutes(store, metrics.evaluated), ...legacyRoutes(store, metrics.evaluated)];
  const { observe } = metrics;
  return createServer([...fixed, ...evaluation, ...metrics.routes, ...page], {
    observe,
    admit: guard.admit,
    cors: config.cors,
  });
}

/** Lets running requests end. */
const end = (app: Server): Promise<void> =>
  new Promise((resolve, reject) => app.close((error) => (error ? reject(error) : resolve())));

function portError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === "EADDRINUSE")
    return new Error(`listen tcp ${host}:${port}: bind: address already in use`, { cause: error });
  return error;
}
