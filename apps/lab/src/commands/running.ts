import { find } from "../drivers/process/driver.ts";
import { Home } from "../drivers/process/home.ts";
import type { ProcessLab } from "../drivers/process/lab.ts";
import { Fault } from "../fault.ts";
import type { Screen } from "../report/screen.ts";

/**
 * The lab that runs in a folder.
 *
 * @throws {Fault} when none does
 */
export async function runningLab(dir: string, screen: Screen): Promise<ProcessLab> {
  const lab = await find(new Home(dir), (line) => screen.print(line));
  if (!lab) throw new Fault(2, `no lab runs in "${dir}"; start one with: npm start`);
  return lab;
}
