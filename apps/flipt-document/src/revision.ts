import { createHash } from "node:crypto";

const hex = (algorithm: string, bytes: Uint8Array | string): string =>
  createHash(algorithm).update(bytes).digest("hex");

export const md5 = (bytes: Uint8Array): string => hex("md5", bytes);

/** The snapshot ETag of a sidecar that has loaded an object of this MD5 (in hex) from a store (recorded from v1.61.1). */
export const objectRevision = (md5: string): string => hex("sha1", md5);

/**
 * The snapshot ETag of a sidecar that has loaded a local file (recorded from v1.61.1).
 *
 * @param modifiedMs the file's modification time since 1970; whole seconds count
 * @param size in bytes
 */
export const fileRevision = (modifiedMs: number, size: number): string =>
  hex("sha1", `${Math.floor(modifiedMs / 1000).toString(16)}-${size.toString(16)}`);
