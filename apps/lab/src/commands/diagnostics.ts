import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Command } from "commander";
import type { Driver, Location, Runtime } from "../drivers/driver.ts";
import { findDriver } from "../drivers/index.ts";
import { writeHops } from "../evidence.ts";
import { oneLine } from "../fault.ts";
import { define, type Located, shared } from "./options.ts";
import { surroundings as around, type Terminal } from "./terminal.ts";

/**
 * Writes states, events and logs of now into a folder, of whatever there is: a lab that does not run is told of as well.
 *
 * @param folder taken as it is; what it holds is overwritten by name
 */
async function collect(driver: Driver, place: Location, folder: string, surroundings: Runtime): Promise<void> {
  const { screen, signal } = surroundings;
  await mkdir(folder, { recursive: true });
  const faults: string[] = [];
  const attempt = (what: Promise<void>): Promise<void> =>
    what.catch((error) => {
      signal.throwIfAborted();
      faults.push(oneLine(error));
    });
  await attempt(driver.diagnose(place, folder, surroundings));
  await attempt(
    driver.find(place, surroundings).then(async ({ lab, close }) => {
      await writeHops(lab, folder).finally(close);
    }),
  );
  const told = [...new Set(faults)];
  await writeFile(join(folder, "not-found.txt"), told.map((line) => `${line}\n`).join(""));
  screen.print(...told, `states, events and logs: ${folder}`);
}

interface Options extends Located {
  output?: string;
}

/** `lab diagnostics` */
export const diagnosticsCommand = (terminal: Terminal): Command =>
  define(
    "diagnostics",
    "write states, events and logs of now into a folder, whatever runs and whatever not",
    shared.location,
  )
    .option("--output <folder>", "the folder (default: a new lab-diagnostics)", (text) => resolve(text))
    .action(async ({ on, output, ...location }: Options) => {
      const folder = output ?? resolve("lab-diagnostics");
      if (!output) await rm(folder, { recursive: true, force: true });
      await collect(await findDriver(on), location, folder, around(terminal, terminal.result));
    });
