import { existsSync } from "node:fs";
import { cp } from "node:fs/promises";
import { showChange } from "../../demo.ts";
import { Fault, oneLine } from "../../fault.ts";
import { askFor, findFlag, findSwitch } from "../../flipt.ts";
import type { Lab } from "../../lab.ts";
import type { Screen } from "../../report/screen.ts";
import { runTasks } from "../../report/tasks.ts";
import type { Driver, Runtime, Session, Settings } from "../driver.ts";
import { end, find, type Owned, start } from "./lifecycle.ts";
import { openTestbed } from "./process-testbed.ts";
import { StateFolder } from "./state-folder.ts";
import { openThrowaway } from "./throwaway.ts";

/** Returns a curl line that evaluates one of the sidecar's flags; nothing when it has none. */
async function pasteLine(sidecar: string): Promise<string[]> {
  const place = (await findSwitch(sidecar)) ?? (await findFlag(sidecar));
  if (!place) return [];
  const { path, body } = askFor(place);
  return [`  paste      curl -s ${sidecar}${path} -d '${JSON.stringify(body)}'`];
}

/** Prints the addresses of a lab and one line to paste. */
async function introduce({ addresses: { master, sidecar, application } }: Owned["lab"], screen: Screen): Promise<void> {
  screen.print(
    "",
    `  look at    ${application}   the application: asks sidecar and master side by side`,
    `  switch at  ${master}   the flags of the master`,
    ...(await pasteLine(sidecar).catch(() => [])),
    "",
  );
}

async function stay({ lab, supervisor, stop }: Owned, demo: boolean, { screen, signal }: Runtime): Promise<void> {
  for (const line of supervisor.replaced) screen.print(line);
  screen.print(`\n  mode ${lab.mode}; ${lab.programs.flipt}; store: ${lab.programs.store}`);
  await introduce(lab, screen);
  const stopped = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  if (demo && !signal.aborted) {
    await showChange(lab, screen, signal).catch((error) => {
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

async function up(settings: Settings, demo: boolean, surroundings: Runtime): Promise<void> {
  const { env, screen, signal } = surroundings;
  const home = new StateFolder(settings.dir);
  const news = (line: string): void => screen.print(line);
  const running = await find(home, news);
  if (running) {
    screen.print(`a lab runs already, in mode ${running.mode}`);
    if (running.mode !== settings.mode)
      screen.print(`to change its mode: npm run -s lab -- down --keep, then start again`);
    if (settings.seed)
      screen.print(
        `${settings.seed.file} is for a new lab; to bring a document into this one: npm run -s lab -- import FILE`,
      );
    await introduce(running, screen);
    return;
  }
  const owned = await start({ ...settings, home, env, news }, signal, async (starts) =>
    runTasks(starts, screen, signal),
  );
  await stay(owned, demo, surroundings);
}

const borrow = (lab: Lab): Session => ({ lab, keepEvidence: async () => {}, close: async () => {} });

/** Returns the folder's running lab if its mode is the wanted one, else a throwaway lab on free ports. */
async function open(settings: Settings, { env, screen, signal }: Runtime): Promise<Session> {
  const { dir, mode } = settings;
  const news = (line: string): void => screen.print(line);
  const running = await find(new StateFolder(dir), news);
  if (running?.mode === mode) {
    screen.print(`verifying the lab that runs in "${dir}"`);
    return { ...borrow(running), close: await running.hold() };
  }
  if (running)
    screen.print(`the lab in "${dir}" runs in mode ${running.mode}; verifying mode ${mode} on one of its own`);
  const { lab, close } = await openThrowaway(settings, { env, screen, signal });
  return { ...borrow(lab), close };
}

/** Runs the lab as local processes, with all state in one folder. */
export const ring: Driver = {
  steps: [],
  up,
  open,
  openTestbed,
  async find({ dir }, { screen }) {
    const lab = await find(new StateFolder(dir), (line) => screen.print(line));
    if (!lab) throw new Fault(2, `no lab runs in "${dir}"; start one with: npm start`);
    return borrow(lab);
  },
  async diagnose({ dir }, folder) {
    const logs = new StateFolder(dir).in("logs");
    if (!existsSync(logs)) throw new Fault(2, `no lab was started in "${dir}"`);
    await cp(logs, folder, { recursive: true });
  },
  async down({ dir }, keep, { screen }) {
    const home = new StateFolder(dir);
    if (existsSync(dir) && !existsSync(home.in("logs")))
      throw new Fault(3, `"${dir}" is no folder of a lab; nothing was removed`);
    const ended = await end(home);
    const kept = keep || !existsSync(dir);
    if (!kept) home.remove();
    const parts = [ended && "ended the running lab", !kept && `removed "${dir}"`].filter(Boolean);
    screen.print(parts.length > 0 ? parts.join(", ") : `nothing to do: no lab in "${dir}"`);
  },
};
