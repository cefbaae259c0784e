import { cp, mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Serving, serve } from "../../src/commands/serve.ts";
import { readConfig } from "../../src/config.ts";
import { command, platform } from "../command.ts";
import type { Step } from "./scenario.ts";
import { statePath } from "./scenario.ts";

export interface Instance extends Serving {
  dir: string;
}

/** The emulator in this process, on a port of its own, with a recorded state. */
export async function startInstance(
  role: "master" | "sidecar-local",
  state: string | null,
  env = {},
): Promise<Instance> {
  const dir = await mkdtemp(join(tmpdir(), "flipt-replay-"));
  const folder = join(dir, "flags");
  await mkdir(folder);
  const sidecar = { FLIPT_STORAGE_TYPE: "local", FLIPT_STORAGE_LOCAL_PATH: folder };
  const master = { FLIPT_DB_URL: `file:${join(dir, "flipt.db")}` };
  const settings = { FLIPT_SERVER_HOST: "127.0.0.1", FLIPT_SERVER_HTTP_PORT: "0", FLIPT_UI_ENABLED: "false" };
  const config = readConfig({ ...settings, ...(role === "master" ? master : sidecar), ...env }, "config.yml");
  try {
    if (state !== null) await (role === "master" ? importState(state, config) : placeState(state, folder));
    const serving = await serve(config, () => {}, platform);
    return { ...serving, dir, close: () => serving.close().then(() => rm(dir, { recursive: true })) };
  } catch (error) {
    await rm(dir, { recursive: true });
    throw error;
  }
}

async function importState(state: string, config: { databaseUrl: string }): Promise<void> {
  const { code, stderr } = await command(["import", statePath(state)], { env: { FLIPT_DB_URL: config.databaseUrl } });
  if (code !== 0) throw new Error(`import of ${state} ended with ${code}: ${stderr}`);
}

async function placeState(state: string, folder: string): Promise<void> {
  const source = statePath(state);
  const target = (await stat(source)).isDirectory() ? folder : join(folder, "features.yml");
  await cp(source, target, { recursive: true });
}

export interface Received {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** Sends what a step asks for; `fetch` would neither send HEAD's like nor keep the path as it is. */
export function send(port: number, { method, path, headers = {}, body, bodyText }: Step["request"]): Promise<Received> {
  const payload = bodyText ?? (body === undefined ? undefined : JSON.stringify(body));
  const length =
    payload === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(payload) };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port, method, path, headers: { ...length, ...headers } });
    request.once("error", reject);
    request.once("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("end", () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        });
      });
    });
    request.end(payload);
  });
}
