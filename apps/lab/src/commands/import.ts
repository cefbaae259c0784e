import type { Session } from "../drivers/driver.ts";
import type { Screen } from "../report/screen.ts";
import { plantSeed, type Seed } from "../seed.ts";

/**
 * Brings a document into the master of a running lab; flags and segments that are there stay as they are.
 *
 * @throws {Fault} when not the whole of it is there in the end
 */
export async function importFile(
  { lab, close }: Session,
  seed: Seed,
  screen: Screen,
  signal: AbortSignal,
): Promise<void> {
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
