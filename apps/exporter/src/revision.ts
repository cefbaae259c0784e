import { createHash } from "node:crypto";

const hex = (algorithm: string, bytes: Buffer | string): string => createHash(algorithm).update(bytes).digest("hex");

export const md5 = (bytes: Buffer): string => hex("md5", bytes);

/** The ETag that a sidecar answers for an object in a store: sha1 over the md5 in hex (recorded from v1.61.1). */
export const objectEtag = (bytes: Buffer): string => hex("sha1", md5(bytes));

/** The ETag that a sidecar answers for a local file: sha1 over seconds of change and size, both in hex (recorded from v1.61.1). */
export const fileEtag = (seconds: number, size: number): string =>
  hex("sha1", `${seconds.toString(16)}-${size.toString(16)}`);
