import { resolve } from "node:path";
import type { Command } from "commander";
import type { Session } from "../drivers/driver.ts";
import { findDriver } from "../drivers/index.ts";
import type { Screen } from "../report/screen.ts";
import { plantSeed, readSeed, type Seed } from "../seed.ts";
import { define, type Located, shared } from "./options.ts";
import { surroundings, type Terminal } from "./terminal.ts";

/**
 * Brings a document into the master of a running lab; flags and segments that are there stay as they are.
 *
 * @throws {Fault} when not the whole of it is there in the end
 */
async function importFile({ lab, close }: Session, seed: Seed, screen: Screen, signal: AbortSignal): Promise<void> {
  try {
    const { made, kept } = await plantSeed(seed, lab.addresses.master, (line) => screen.print(line), signal);
    screen.print(
      `imported "${seed.file}": ${made.size} flags and segments made, ${kept.size} were there and stay as they are`,
      `the exporter takes them along within ${lab.intervals.export} s; at once: npm run -s lab -- export`,
    );
  } finally {
    await close();
  }
}

/** `lab import` */
export const importCommand = (terminal: Terminal): Command =>
  define("import", "bring a document into the master of a running lab; what is there stays as it is", shared.location)
    .argument("<file>", "a document as Flipt v1 exports and imports it", (text) => resolve(text))
    .action(async (file: string, { on, ...location }: Located) => {
      const seed = await readSeed(file);
      const session = await (await findDriver(on)).find(location, surroundings(terminal, terminal.progress));
      await importFile(session, seed, terminal.result, terminal.signal);
    });
