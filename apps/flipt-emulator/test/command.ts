import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { runCommand } from "../src/commands/run.ts";

/** What `process` would give a command. */
export interface Given {
  env?: Record<string, string>;
  directory?: string;
  stdin?: string;
  /** Whether there is a configuration file where one is looked for; a named one is not. */
  configured?: boolean;
}

export interface Finished {
  code: number;
  stdout: string;
  stderr: string;
}

export const platform = { runtime: "node", os: "linux", arch: "amd64" };

/** Runs a command of the emulator in this process. */
export async function command(args: string[], given: Given = {}): Promise<Finished> {
  const { env = {}, directory = ".", stdin = "", configured = true } = given;
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const [written, complaints] = [text(stdout), text(stderr)];
  const exists = (path: string) => (path.startsWith("/") ? configured : existsSync(resolve(directory, path)));
  const surroundings = { env: { HOME: "/home", ...env }, directory, exists, platform, stdout, stderr };
  const code = await runCommand(args, { ...surroundings, stdin: Readable.from([stdin]) });
  stdout.end();
  stderr.end();
  return { code, stdout: await written, stderr: await complaints };
}
