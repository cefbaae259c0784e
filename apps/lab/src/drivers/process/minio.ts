import { createCipheriv, createHash, createHmac, type Hash, type Hmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import type { KeyPair } from "../bucket.ts";

type Bytes = string | ArrayBuffer | ArrayBufferView;

const buffer = (bytes: Bytes): Buffer => {
  if (typeof bytes === "string") return Buffer.from(bytes);
  return ArrayBuffer.isView(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) : Buffer.from(bytes);
};

/** Implements the signer's hash interface with node:crypto. */
class Sha256 {
  private readonly secret: Bytes | undefined;
  private hash: Hash | Hmac;

  constructor(secret?: Bytes) {
    this.secret = secret;
    this.hash = this.fresh();
  }

  private fresh(): Hash | Hmac {
    return this.secret === undefined ? createHash("sha256") : createHmac("sha256", buffer(this.secret));
  }

  update(data: Bytes): void {
    this.hash.update(buffer(data));
  }

  reset(): void {
    this.hash = this.fresh();
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }
}

/**
 * Encrypts a request body for MinIO's admin API with the caller's secret key: `salt | id | nonce | AES-256-GCM`, with a key
 * derived by PBKDF2. It writes one fragment, so a body has at most 16 KiB.
 */
function encrypt(secret: string, text: string): Buffer<ArrayBuffer> {
  const [salt, nonce] = [randomBytes(32), randomBytes(8)];
  const key = pbkdf2Sync(secret, salt, 8192, 32, "sha256");
  const seal = (sequence: number, aad: Buffer, data: Buffer): Buffer => {
    const iv = Buffer.concat([nonce, Buffer.alloc(4)]);
    iv.writeUInt32LE(sequence, 8);
    const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(aad);
    return Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]);
  };
  const aad = Buffer.concat([Buffer.of(0x80), seal(0, Buffer.alloc(0), Buffer.alloc(0))]);
  return Buffer.concat([salt, Buffer.of(2), nonce, seal(1, aad, Buffer.from(text))]);
}

/** A client of MinIO's admin API for users and their policies. */
export class MinioAdmin {
  private readonly endpoint: URL;
  private readonly root: KeyPair;

  constructor(endpoint: string, root: KeyPair) {
    this.endpoint = new URL(endpoint);
    this.root = root;
  }

  /** Creates or updates a user with one policy. It is idempotent. */
  async setUser({ accessKeyId, secretAccessKey }: KeyPair, policy: object): Promise<void> {
    const user = encrypt(this.root.secretAccessKey, JSON.stringify({ secretKey: secretAccessKey, status: "enabled" }));
    await this.put("add-canned-policy", { name: accessKeyId }, Buffer.from(JSON.stringify(policy)));
    await this.put("add-user", { accessKey: accessKeyId }, user);
    await this.put("set-user-or-group-policy", { isGroup: "false", policyName: accessKeyId, userOrGroup: accessKeyId });
  }

  private async put(
    call: string,
    query: Record<string, string>,
    body: Uint8Array<ArrayBuffer> = new Uint8Array(),
  ): Promise<void> {
    const { protocol, hostname, host, port } = this.endpoint;
    const signer = new SignatureV4({ credentials: this.root, region: "us-east-1", service: "s3", sha256: Sha256 });
    const signed = await signer.sign({
      method: "PUT",
      protocol,
      hostname,
      port: Number(port),
      path: `/minio/admin/v3/${call}`,
      query,
      headers: { host, "x-amz-content-sha256": createHash("sha256").update(body).digest("hex") },
      body,
    });
    const { host: _, ...headers } = signed.headers;
    const url = new URL(`${signed.path}?${new URLSearchParams(query)}`, this.endpoint);
    const answer = await fetch(url, { method: "PUT", headers, body, signal: AbortSignal.timeout(10_000) });
    if (!answer.ok) throw new Error(`MinIO refused ${call}: ${answer.status} ${(await answer.text()).slice(0, 200)}`);
  }
}

const allow = (actions: string[], resource: string) => ({
  Effect: "Allow",
  Action: actions.map((action) => `s3:${action}`),
  Resource: [`arn:aws:s3:::${resource}`],
});

/** The exporter's policy: it may read and write its one object only. */
export const exporterPolicy = (bucket: string, key: string) => ({
  Version: "2012-10-17",
  Statement: [allow(["PutObject", "GetObject"], `${bucket}/${key}`)],
});

/** The sidecar's policy: it may list the bucket and read its objects. */
export const sidecarPolicy = (bucket: string) => ({
  Version: "2012-10-17",
  Statement: [allow(["ListBucket", "GetBucketLocation"], bucket), allow(["GetObject"], `${bucket}/*`)],
});
