import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Driver, Place, Surroundings } from "../drivers/driver.ts";
import { writeHops } from "../evidence.ts";
import { oneLine } from "../fault.ts";

/**
 * Writes states, events and logs of now into a folder, of whatever there is: a lab that does not run is told of as well.
 *
 * @param folder taken as it is; what it holds is overwritten by name
 */
export async function diagnostics(
  driver: Driver,
  place: Place,
  folder: string,
  surroundings: Surroundings,
): Promise<void> {
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
