import { randomBytes } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { MinioAdmin } from "lab/minio";
import { until } from "lab/until";
import { freePort } from "./port.ts";
import { type Running, start } from "./process.ts";

export interface Keys {
  accessKeyId: string;
  secretAccessKey: string;
}

export interface Minio {
  endpoint: string;
  /** May do everything. */
  root: Keys;
  running: Running;
  stop(): Promise<void>;
}

/** `MINIO_BIN`, else `minio` on PATH; undefined where there is none. */
export function minioProgram({ MINIO_BIN, PATH = "" }: NodeJS.ProcessEnv = process.env): string | undefined {
  const candidates = MINIO_BIN ? [MINIO_BIN] : PATH.split(delimiter).map((folder) => join(folder, "minio"));
  return candidates.find((candidate) => {
    try {
      accessSync(candidate, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** A fresh server on a folder of its own. */
export async function startMinio(program: string, host = "127.0.0.1"): Promise<Minio> {
  const dir = await mkdtemp(join(tmpdir(), "minio-"));
  const root = { accessKeyId: "root-of-test", secretAccessKey: randomBytes(20).toString("hex") };
  const address = `${host}:${await freePort()}`;
  const console = `127.0.0.1:${await freePort()}`;
  const env = { MINIO_ROOT_USER: root.accessKeyId, MINIO_ROOT_PASSWORD: root.secretAccessKey };
  const args = ["server", dir, "--address", address, "--console-address", console];
  const running = start(program, { args, env, cwd: dir });
  const endpoint = `http://${address}`;
  await until("minio", { seconds: 120, everyMs: 50 }, async () => {
    if (running.child.exitCode !== null) throw new Error(`minio exited: ${running.output()}`);
    const answer = await fetch(`${endpoint}/minio/health/ready`).catch((error: Error) => error);
    return answer instanceof Response && answer.ok ? { value: true } : { seen: String(answer) };
  });
  const stop = async (): Promise<void> => {
    await running.stop();
    await rm(dir, { recursive: true, force: true });
  };
  return { endpoint, root, running, stop };
}

/** Makes a user that may do what the statements allow and nothing else. */
export async function addUser({ endpoint, root }: Minio, name: string, statements: object[]): Promise<Keys> {
  const user = { accessKeyId: name, secretAccessKey: randomBytes(20).toString("hex") };
  await new MinioAdmin(endpoint, root).setUser(user, { Version: "2012-10-17", Statement: statements });
  return user;
}
