import { createProgram, report } from "./commands/program.ts";
import type { Terminal } from "./commands/terminal.ts";
import { Screen } from "./report/screen.ts";

// The AWS SDK's notice about Node 20 is none of ours to give.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interrupted.abort());
// Nobody reads any more, as behind `| head`: the same as Ctrl-C, or the lab would die and leave its parts.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => interrupted.abort());

const terminal: Terminal = {
  result: new Screen(process.stdout),
  progress: new Screen(process.stderr),
  env: process.env,
  signal: interrupted.signal,
  exit: (code) => {
    process.exitCode = code;
  },
};

try {
  await createProgram(terminal).parseAsync();
} catch (error) {
  process.exitCode = report(error, terminal);
}
