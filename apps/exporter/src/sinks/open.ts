import type { Config } from "../config.ts";
import { fileSink } from "./file.ts";
import { s3Sink } from "./s3.ts";
import type { Sink } from "./sink.ts";

/** The sink that a target names. */
export const openSink = (target: Config["sink"]): Sink => (target.kind === "s3" ? s3Sink(target) : fileSink(target));
