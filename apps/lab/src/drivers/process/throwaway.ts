import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runTasks } from "../../report/tasks.ts";
import type { Runtime, Settings } from "../driver.ts";
import { type Owned, start } from "./lifecycle.ts";
import { StateFolder } from "./state-folder.ts";

/** A lab that is stopped and removed when its command ends. */
export interface ThrowawayLab extends Owned {
  close(): Promise<void>;
}

/** Starts a lab in a temporary folder, on free ports. */
export async function openThrowaway(settings: Settings, { env, screen, signal }: Runtime): Promise<ThrowawayLab> {
  const home = new StateFolder(await mkdtemp(join(tmpdir(), "flipt-sidecar-lab-")));
  const news = (line: string): void => screen.print(line);
  try {
    const own = { ...settings, home, env, news, anyPort: true };
    const owned = await start(own, signal, (starts) => runTasks(starts, screen, signal));
    const close = async (): Promise<void> => {
      await owned.stop();
      home.remove();
    };
    return { ...owned, close };
  } catch (error) {
    home.remove();
    throw error;
  }
}
