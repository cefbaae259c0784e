import type { Command } from "commander";
import type { Session } from "../drivers/driver.ts";
import { findDriver } from "../drivers/index.ts";
import type { Screen } from "../report/screen.ts";
import { conclude, type Hop, observe } from "../status/status.ts";
import { oneOf } from "./option-values.ts";
import { define, type Located, shared } from "./options.ts";
import { surroundings, type Terminal } from "./terminal.ts";

const formats = ["text", "json"] as const;
type Format = (typeof formats)[number];

const line = ({ name, address, ok, revision, ageSeconds, lag }: Hop, width: number): string =>
  [
    ok ? "✓" : "✗",
    name.padEnd(14),
    (revision ? revision.slice(0, 10) : "–").padEnd(10),
    (ageSeconds === undefined ? "" : `${ageSeconds} s ago`).padEnd(12),
    lag.padEnd(width),
    address,
  ].join("  ");

/**
 * Says where each hop of a running lab stands: one line each, then one verdict.
 *
 * @returns 0, or 1 when a hop is broken
 */
async function showStatus({ lab, close }: Session, output: Format, screen: Screen): Promise<number> {
  try {
    const result = conclude(await observe(lab), lab);
    if (output === "json") screen.print(JSON.stringify(result, null, 2));
    else {
      const width = Math.max(...result.hops.map(({ lag }) => lag.length));
      screen.print(`mode ${result.mode}`, ...result.hops.map((hop) => line(hop, width)));
      screen.print(result.reason ? `${result.verdict}: ${result.reason}` : result.verdict);
    }
    return result.verdict === "broken" ? 1 : 0;
  } finally {
    await close();
  }
}

interface Options extends Located {
  output: Format;
}

/** `lab status` */
export const statusCommand = (terminal: Terminal): Command =>
  define("status", "say where each hop of the copy stands; exit 1 when the copy is broken", shared.location)
    .option("--output <format>", "text or json", oneOf(formats), "text")
    .action(async ({ on, output, ...location }: Options) => {
      const { result, progress } = terminal;
      const driver = await findDriver(on);
      const session = await driver.find(location, surroundings(terminal, output === "text" ? result : progress));
      terminal.exit(await showStatus(session, output, result));
    });
