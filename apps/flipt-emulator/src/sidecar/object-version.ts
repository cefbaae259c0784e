/** An object's version, the MD5 that its ETag is; an object uploaded in parts has none, so its namespaces have no ETag (recorded). */
export const objectVersion = (etag = ""): string => /^"?([0-9a-f]{32})"?$/.exec(etag)?.[1] ?? "";
