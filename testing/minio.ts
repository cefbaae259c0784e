import { createCipheriv, createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
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
export async function startMinio(program: string): Promise<Minio> {
  const dir = await mkdtemp(join(tmpdir(), "minio-"));
  const root = { accessKeyId: "root-of-test", secretAccessKey: randomBytes(20).toString("hex") };
  const address = `127.0.0.1:${await freePort()}`;
  const console = `127.0.0.1:${await freePort()}`;
  const env = { MINIO_ROOT_USER: root.accessKeyId, MINIO_ROOT_PASSWORD: root.secretAccessKey };
  const args = ["server", dir, "--address", address, "--console-address", console];
  const running = start(program, { args, env, cwd: dir });
  const endpoint = `http://${address}`;
  await until("minio", { seconds: 20, everyMs: 50 }, async () => {
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
  const secret = encrypt(root.secretAccessKey, JSON.stringify({ secretKey: user.secretAccessKey, status: "enabled" }));
  const policy = Buffer.from(JSON.stringify({ Version: "2012-10-17", Statement: statements }));
  await admin(endpoint, root, `add-canned-policy?name=${name}`, policy);
  await admin(endpoint, root, `add-user?accessKey=${name}`, secret);
  const attached = `set-user-or-group-policy?isGroup=false&policyName=${name}&userOrGroup=${name}`;
  await admin(endpoint, root, attached, Buffer.alloc(0));
  return user;
}

/** Signature version 4 over one PUT of MinIO's admin API. */
async function admin(endpoint: string, keys: Keys, call: string, body: Buffer): Promise<void> {
  const url = new URL(`/minio/admin/v3/${call}`, endpoint);
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, "");
  const hash = createHash("sha256").update(body).digest("hex");
  const signed = { host: url.host, "x-amz-content-sha256": hash, "x-amz-date": time };
  const names = Object.keys(signed).join(";");
  const lines = Object.entries(signed).map(([name, value]) => `${name}:${value}\n`);
  const query = [...url.searchParams].map((pair) => pair.map(encodeURIComponent).join("=")).sort();
  const request = ["PUT", url.pathname, query.join("&"), lines.join(""), names, hash].join("\n");
  const scope = [time.slice(0, 8), "us-east-1", "s3", "aws4_request"];
  const text = ["AWS4-HMAC-SHA256", time, scope.join("/"), createHash("sha256").update(request).digest("hex")].join(
    "\n",
  );
  const hmac = (key: Buffer | string, data: string): Buffer => createHmac("sha256", key).update(data).digest();
  const signature = hmac(scope.reduce<Buffer | string>(hmac, `AWS4${keys.secretAccessKey}`), text).toString("hex");
  const credential = `${keys.accessKeyId}/${scope.join("/")}`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  const { host: _, ...sent } = signed;
  const answer = await fetch(url, { method: "PUT", headers: { ...sent, authorization }, body: new Uint8Array(body) });
  if (!answer.ok) throw new Error(`minio admin ${call}: ${answer.status} ${await answer.text()}`);
}

/** The admin API's envelope (PBKDF2, AES-256-GCM) for bodies up to 16 KiB. */
function encrypt(secretKey: string, text: string): Buffer {
  const salt = randomBytes(32);
  const nonce = randomBytes(8);
  const key = pbkdf2Sync(secretKey, salt, 8192, 32, "sha256");
  const seal = (sequence: number, aad: Buffer, data: Buffer): Buffer => {
    const iv = Buffer.concat([nonce, Buffer.alloc(4)]);
    iv.writeUInt32LE(sequence, 8);
    const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(aad);
    return Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]);
  };
  const aad = Buffer.concat([Buffer.of(0x80), seal(0, Buffer.alloc(0), Buffer.alloc(0))]);
  return Buffer.concat([salt, Buffer.of(2), nonce, seal(1, aad, Buffer.from(text))]);
}
