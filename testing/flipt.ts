import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "lab/until";
import { Sql } from "../apps/flipt-emulator/src/master/sql.ts";
import { freePort } from "./port.ts";
import { type Finished, type Running, repository, run, start } from "./process.ts";

/** The program that stands in for Flipt in every test. */
export const flipt = repository("node_modules/.bin/flipt-emulator");

export interface Instance {
  url: string;
  port: number;
  /** Its folder: database, or `flags/` with `features.yml`. */
  dir: string;
  running: Running;
  stop(): Promise<void>;
}

const quiet = {
  FLIPT_META_CHECK_FOR_UPDATES: "false",
  FLIPT_META_TELEMETRY_ENABLED: "false",
  FLIPT_LOG_ENCODING: "json",
};

export interface Options {
  /** A document stream: imported into a master, written as the file of a sidecar. */
  state?: string;
  env?: Record<string, string>;
  /** Takes the place of the emulator. */
  program?: string;
  /** Keeps a folder of an earlier instance. */
  dir?: string;
}

/** A fresh master on a database of its own. */
export async function startMaster({ state, env = {}, program = flipt, dir }: Options = {}): Promise<Instance> {
  const home = dir ?? (await mkdtemp(join(tmpdir(), "flipt-master-")));
  const settings = { ...quiet, FLIPT_DB_URL: `file:${join(home, "flipt.db")}`, ...env };
  if (state !== undefined) {
    const file = join(home, "seed.yml");
    await writeFile(file, state);
    const imported = await run(program, { args: ["import", file], env: settings, cwd: home });
    if (imported.code !== 0) throw new Error(`import failed: ${imported.stderr}`);
  }
  return serve(program, home, settings);
}

/** A read-only instance on a folder of its own, or on what `env` says. */
export async function startSidecar({ state, env = {}, program = flipt, dir }: Options = {}): Promise<Instance> {
  const home = dir ?? (await mkdtemp(join(tmpdir(), "flipt-sidecar-")));
  if (state !== undefined) await writeFile(join(home, "features.yml"), state);
  return serve(program, home, { ...quiet, FLIPT_STORAGE_TYPE: "local", FLIPT_STORAGE_LOCAL_PATH: home, ...env });
}

/** Takes segments out of the database of an emulator that does not run, as a hand in the tables does: rules keep no trace of them. */
export function loseSegments(dir: string, ...keys: string[]): void {
  const sql = new Sql(join(dir, "flipt.db"));
  for (const key of keys) sql.run("DELETE FROM segments WHERE key = ?", key);
  sql.close();
}

async function serve(program: string, dir: string, env: Record<string, string>): Promise<Instance> {
  const port = await freePort();
  const grpc = await freePort();
  const settings = {
    ...env,
    FLIPT_SERVER_HOST: "127.0.0.1",
    FLIPT_SERVER_HTTP_PORT: `${port}`,
    FLIPT_SERVER_GRPC_PORT: `${grpc}`,
  };
  const running = start(program, { env: settings, cwd: dir });
  const url = `http://127.0.0.1:${port}`;
  let ended: Finished | undefined;
  running.finished.then(
    (end) => {
      ended = end;
    },
    () => {},
  );
  await until("flipt", { seconds: 120, everyMs: 30 }, async () => {
    if (ended) throw new Error(`flipt exited with ${ended.code}: ${ended.stdout}${ended.stderr}`);
    const answer = await fetch(`${url}/health`).catch((error: Error) => error);
    return answer instanceof Response && answer.ok ? { value: true } : { seen: String(answer) };
  });
  const stop = async (): Promise<void> => {
    await running.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return { url, port, dir, running, stop };
}
