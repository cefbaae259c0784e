import type { Command } from "commander";
import { findDriver } from "../drivers/index.ts";
import { define, type Located, shared } from "./options.ts";
import { surroundings, type Terminal } from "./terminal.ts";

interface Options extends Located {
  keep: boolean;
}

/** `lab down` */
export const downCommand = (terminal: Terminal): Command =>
  define("down", "end the lab, also a crashed one, and remove its state", shared.location)
    .option("--keep", "leave the state for the next start", false)
    .action(async ({ on, keep, ...location }: Options) => {
      const driver = await findDriver(on);
      await driver.down(location, keep, surroundings(terminal, terminal.result));
    });
