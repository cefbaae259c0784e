import type { Command } from "commander";
import type { Session } from "../drivers/driver.ts";
import { findDriver } from "../drivers/index.ts";
import type { ExportRequest } from "../lab.ts";
import type { Screen } from "../report/screen.ts";
import { define, type Located, shared } from "./options.ts";
import { surroundings, type Terminal } from "./terminal.ts";

/**
 * Runs the exporter of a running lab now.
 *
 * @returns the exporter's own exit code: 0 published or unchanged, 1 refused, 2 configuration or rights, 3 unreachable
 */
async function exportNow({ lab, close }: Session, request: ExportRequest, screen: Screen): Promise<number> {
  try {
    const run = await lab.export(request);
    screen.print(run.line);
    return run.exit;
  } finally {
    await close();
  }
}

interface Options extends Located, ExportRequest {}

/** `lab export` */
export const exportCommand = (terminal: Terminal): Command =>
  define("export", "run the exporter now; the exit code is the exporter's", shared.location)
    .option("--allow-empty", "publish a state without any flag, this once")
    .option("--allow-shrink", "publish a state that lost a namespace or most flags of one, this once")
    .option("--allow-growth", "publish a state that has grown more than tenfold, this once")
    .action(async ({ on, allowEmpty, allowShrink, allowGrowth, ...location }: Options) => {
      const session = await (await findDriver(on)).find(location, surroundings(terminal, terminal.progress));
      terminal.exit(await exportNow(session, { allowEmpty, allowShrink, allowGrowth }, terminal.result));
    });
