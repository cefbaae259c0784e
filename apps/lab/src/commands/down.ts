import { existsSync } from "node:fs";
import { end } from "../drivers/process/driver.ts";
import { Home } from "../drivers/process/home.ts";
import { Fault } from "../fault.ts";
import type { Screen } from "../report/screen.ts";

/**
 * Ends the lab of a folder, also a crashed one, and removes its state.
 *
 * @param keep leaves the state for the next start
 * @throws {Fault} when the folder is none of a lab
 */
export async function down(dir: string, keep: boolean, screen: Screen): Promise<void> {
  const home = new Home(dir);
  if (existsSync(dir) && !existsSync(home.in("logs")))
    throw new Fault(3, `"${dir}" is no folder of a lab; nothing was removed`);
  const ended = await end(home);
  const kept = keep || !existsSync(dir);
  if (!kept) home.remove();
  const parts = [ended && "ended the running lab", !kept && `removed "${dir}"`].filter(Boolean);
  screen.print(parts.length > 0 ? parts.join(", ") : `nothing to do: no lab in "${dir}"`);
}
