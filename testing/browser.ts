import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const program = process.env.CHROMIUM_BIN || "/usr/bin/chromium";

/** Why no page can be opened on this machine; undefined when one can. */
export const lacking: string | undefined = existsSync(program)
  ? undefined
  : `no browser at "${program}": install chromium, or set CHROMIUM_BIN`;

/**
 * The system's Chromium, headless and silent on the network.
 *
 * @throws {Error} one line when it is not installed
 */
export async function startBrowser(): Promise<Browser> {
  if (lacking) throw new Error(lacking);
  const quiet = ["gpu", "quic", "background-networking", "component-update", "sync"].map((name) => `--disable-${name}`);
  return chromium.launch({ executablePath: program, args: ["--no-sandbox", "--no-first-run", ...quiet] });
}
