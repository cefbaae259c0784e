import type { S3Target } from "../config.ts";
import { misconfigured } from "../stop.ts";
import type { Sink } from "./sink.ts";

export function s3Sink(target: S3Target): Sink {
  throw misconfigured(`"${target.url}": no S3 yet`);
}
