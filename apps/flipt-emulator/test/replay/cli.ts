import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { command } from "../command.ts";
import { template } from "./compare.ts";
import { startInstance } from "./instance.ts";
import { home, statePath } from "./scenario.ts";

type Stream = "stdout" | "stderr";

export interface CliCase {
  name: string;
  args: string[];
  files?: Record<string, string>;
  stdin?: string;
  state?: string;
  server?: "master" | "sidecar-local";
  /** Earlier commands, whose output is not compared. */
  before?: string[][];
  env?: Record<string, string>;
  configured?: boolean;
  outputs?: string[];
  exit: number;
  stdout?: string;
  stderr?: string;
  written?: Record<string, string | null>;
  /** Stands in for the exact comparison of a stream. */
  mentions?: Partial<Record<Stream, string[]>>;
}

/** All recorded command line cases, in order of their files. */
export const cliCases = (): CliCase[] =>
  readdirSync(join(home, "cli"))
    .sort()
    .flatMap((name) => JSON.parse(readFileSync(join(home, "cli", name), "utf8")) as CliCase[]);

/** Plays a case in a folder of its own; returns what differs from the recorded outcome. */
export async function playCase(recorded: CliCase): Promise<string[]> {
  const directory = await mkdtemp(join(tmpdir(), "flipt-cli-"));
  for (const [name, content] of Object.entries(recorded.files ?? {})) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  const server = recorded.server && (await startInstance(recorded.server, recorded.state ?? null));
  const address = `http://127.0.0.1:${server?.port}`;
  const env = { FLIPT_DB_URL: `file:${join(directory, "flipt.db")}`, ...recorded.env };
  const run = (args: string[], stdin = "") => {
    const words = args.map((word) =>
      word.replaceAll(placeholder("address"), address).replaceAll(placeholder("dir"), directory),
    );
    return command(words, { env, directory, stdin, configured: recorded.configured ?? true });
  };
  try {
    if (recorded.state && !server) await run(["import", statePath(recorded.state)]);
    for (const earlier of recorded.before ?? []) await run(earlier);
    const { code, stdout, stderr } = await run(recorded.args, recorded.stdin);
    const tidy = (text: string): string => text.replaceAll(directory, "<dir>").replaceAll(address, "<address>");
    return [
      ...(code === recorded.exit ? [] : [`exit: expected ${recorded.exit}, got ${code}`]),
      ...differences(recorded, "stdout", tidy(stdout)),
      ...differences(recorded, "stderr", tidy(stderr)),
      ...Object.entries(recorded.written ?? {}).flatMap(([name, expected]) => {
        const path = join(directory, name);
        return lines(name, expected, existsSync(path) ? readFileSync(path, "utf8") : null);
      }),
    ];
  } finally {
    await server?.close();
    await rm(directory, { recursive: true });
  }
}

const placeholder = (name: string): string => `$\{${name}}`;

function differences(recorded: CliCase, stream: Stream, text: string): string[] {
  const mentions = recorded.mentions?.[stream];
  if (!mentions) return lines(stream, recorded[stream] ?? "", text);
  return mentions
    .filter((mention) => !text.includes(mention))
    .map((mention) => `${stream} does not mention ${mention}: ${text}`);
}

function lines(name: string, expected: string | null, actual: string | null): string[] {
  if (expected === null || actual === null) return expected === actual ? [] : [`${name}: got ${actual}`];
  if (template(expected).test(actual)) return [];
  const [left, right] = [expected.split("\n"), actual.split("\n")];
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => index)
    .filter((index) => !template(left[index] ?? "\0").test(right[index] ?? ""))
    .map(
      (index) => `${name}:${index + 1}: expected ${JSON.stringify(left[index])}, got ${JSON.stringify(right[index])}`,
    );
}
