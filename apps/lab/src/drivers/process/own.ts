import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { showStarts } from "../../report/starts.ts";
import type { Settings, Surroundings } from "../driver.ts";
import { type Owned, start } from "./driver.ts";
import { Home } from "./home.ts";

/** A lab that ends, and whose state goes, with a command. */
export interface OwnLab extends Owned {
  close(): Promise<void>;
}

/** Starts a lab in a folder of its own, on free ports. */
export async function openOwn(settings: Settings, { env, screen, signal }: Surroundings): Promise<OwnLab> {
  const home = new Home(await mkdtemp(join(tmpdir(), "flipt-sidecar-lab-")));
  const news = (line: string): void => screen.print(line);
  try {
    const own = { ...settings, home, env, news, anyPort: true };
    const owned = await start(own, signal, (starts) => showStarts(starts, screen, signal));
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
