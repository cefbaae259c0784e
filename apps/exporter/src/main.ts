import { config } from "./config.ts";
import { type Ending, endingOf } from "./outcome.ts";
import { run } from "./run.ts";
import { Stop } from "./stop.ts";

/** Standard output is for programs: one line of JSON. Standard error is for people: one line of text. */
function report(outcome: Ending): void {
  const level = outcome.exit === 0 ? "info" : "error";
  console.log(JSON.stringify({ time: new Date().toISOString(), level, ...outcome }));
  console.error(`flipt-exporter: ${outcome.message}`);
  process.exit(outcome.exit);
}

// the SDK would warn of the Node it will not run on next year; users of this program cannot act on that
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

// As the first process of a container it would not be ended by the signal; a publication is replaced whole or not at all.
process.once("SIGTERM", () => process.exit(143));

try {
  report(await run(config(process.env)));
} catch (error) {
  if (!(error instanceof Stop)) throw error;
  report(endingOf(error));
}
