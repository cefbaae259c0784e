import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const program = process.env.CHROMIUM_BIN || "/usr/bin/chromium";

/**
 * The system's Chromium, headless and silent on the network.
 *
 * @throws {Error} one line when it is not installed
 */
export async function startBrowser(): Promise<Browser> {
  if (!existsSync(program)) {
    throw new Error(`no browser at "${program}": install chromium, or set CHROMIUM_BIN`);
  }
  const quiet = ["gpu", "quic", "background-networking", "component-update", "sync"].map((name) => `--disable-${name}`);
  return chromium.launch({ executablePath: program, args: ["--no-sandbox", "--no-first-run", ...quiet] });
}
