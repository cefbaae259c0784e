import type { Config } from "../config.ts";
import { fileSink } from "./file.ts";
import type { Sink } from "./sink.ts";

/** The sink that a target names, until the signal ends it. The AWS SDK is loaded only where it is used: that takes a while. */
export async function openSink(target: Config["sink"], signal: AbortSignal): Promise<Sink> {
  if (target.kind === "file") return fileSink(target, signal);
  const { s3Sink } = await import("./s3.ts");
  return s3Sink(target, signal);
}
