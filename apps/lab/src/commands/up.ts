import type { Command } from "commander";
import { findDriver } from "../drivers/index.ts";
import { define, noSeed, type Starting, seed, starting, toSettings } from "./options.ts";
import { surroundings, type Terminal } from "./terminal.ts";

interface Options extends Starting {
  demo: boolean;
}

/** `lab up` */
export const upCommand = (terminal: Terminal): Command =>
  define("up", "start the lab; on process: show one change travel and run until Ctrl-C", starting)
    .addOption(seed)
    .addOption(noSeed)
    .option("--no-demo", "do not show a change travel")
    .action(async ({ demo, ...options }: Options) => {
      const driver = await findDriver(options.on);
      await driver.up(await toSettings("up", options), demo, surroundings(terminal, terminal.result));
    });
