import { find, type Owned, start } from "../drivers/process/driver.ts";
import { Home } from "../drivers/process/home.ts";
import type { Options } from "../drivers/process/prepare.ts";
import { oneLine } from "../fault.ts";
import { travel } from "../journey.ts";
import type { Lab } from "../lab.ts";
import type { Screen } from "../report/screen.ts";
import { showStarts } from "../report/starts.ts";

/** What `lab up` needs beyond the driver's own options. */
export interface UpOptions extends Omit<Options, "home" | "news" | "env"> {
  dir: string;
  /** Whether one change is shown travelling once the lab runs. */
  demo: boolean;
}

/** The addresses of a lab and one line to paste. */
function introduce(lab: Lab, screen: Screen): void {
  const { master, sidecar, application } = lab.addresses;
  const question = `'{"flagKey":"dark-mode","entityId":"me"}'`;
  screen.print(
    "",
    `  look at    ${application}   the application: asks sidecar and master side by side`,
    `  switch at  ${master}   the flags of the master`,
    `  paste      curl -s ${sidecar}/evaluate/v1/boolean -d ${question}`,
    "",
  );
}

/**
 * Runs a lab until the signal comes, or finds the one that runs.
 *
 * @throws {Fault} with the part that is to blame
 */
export async function up(
  { dir, demo, ...options }: UpOptions,
  env: NodeJS.ProcessEnv,
  screen: Screen,
  signal: AbortSignal,
): Promise<void> {
  const home = new Home(dir);
  const news = (line: string): void => screen.print(line);
  const running = await find(home, news);
  if (running) {
    screen.print(`a lab runs already, in mode ${running.mode}`);
    if (running.mode !== options.mode)
      screen.print(`to change its mode: npm run -s lab -- down --keep, then start again`);
    introduce(running, screen);
    return;
  }
  const owned = await start({ ...options, home, env, news }, signal, async (starts) =>
    showStarts(starts, screen, signal),
  );
  await stay(owned, demo, screen, signal);
}

async function stay(
  { lab, supervisor, stop }: Owned,
  demo: boolean,
  screen: Screen,
  signal: AbortSignal,
): Promise<void> {
  for (const line of supervisor.replaced) screen.print(line);
  screen.print(`\n  mode ${lab.mode}; ${lab.programs.flipt}; store: ${lab.programs.store}`);
  introduce(lab, screen);
  const stopped = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  if (demo && !signal.aborted) {
    await travel(lab, screen, signal).catch((error) => {
      if (!signal.aborted) screen.print(`the change did not arrive: ${oneLine(error)}`);
    });
  }
  if (!signal.aborted) {
    screen.print(
      "",
      "the lab runs until Ctrl-C; in another terminal: npm run -s lab -- status | verify | export | down",
    );
    await stopped;
  }
  screen.print("", "stopping …");
  await stop();
  screen.print(`stopped; ${lab.state} keeps the state, npm run -s lab -- down removes it`);
}
