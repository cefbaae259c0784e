import type { Config, LogLevel } from "./config.ts";

/** Writes one line of the log; `fields` hold what it is about. */
export type Log = (level: LogLevel, message: string, fields?: Record<string, unknown>) => void;

const order: readonly LogLevel[] = ["DEBUG", "INFO", "WARN", "ERROR", "PANIC", "FATAL"];

/** A log in the form of v1.61.1: JSON with the keys L, T, M, or columns separated by tabs. */
export function createLog({ level: lowest, encoding }: Config["log"], write: (line: string) => void): Log {
  return (level, message, fields = {}) => {
    if (order.indexOf(level) < order.indexOf(lowest)) return;
    const time = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    if (encoding === "json") write(`${JSON.stringify({ L: level, T: time, M: message, ...fields })}\n`);
    else
      write(
        `${[time, level, message, ...(Object.keys(fields).length > 0 ? [JSON.stringify(fields)] : [])].join("\t")}\n`,
      );
  };
}
