import type { Session } from "../drivers/driver.ts";
import type { Screen } from "../report/screen.ts";
import { conclude, type Hop, observe } from "../status.ts";

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
export async function status({ lab, close }: Session, output: "text" | "json", screen: Screen): Promise<number> {
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
