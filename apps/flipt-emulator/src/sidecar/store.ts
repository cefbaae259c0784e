import type { StorageConfig } from "../config.ts";
import type { Log } from "../log.ts";
import type { Store } from "../model.ts";
import { localSource } from "./local.ts";
import { poll } from "./poll.ts";
import { createReloader, type Reloader } from "./reloader.ts";
import type { Source } from "./source.ts";

export interface Sidecar extends Store {
  readonly reloader: Reloader;
  close(): void;
}

/**
 * A store that follows a declarative source: loaded once before this returns, then looked at again and again. What goes
 * wrong later is a warning at every look, and the last good state stays.
 *
 * @throws {Error} what is wrong with the source at the start
 */
export async function openSidecar(storage: Exclude<StorageConfig, { type: "database" }>, log: Log): Promise<Sidecar> {
  const source = await sourceOf(storage);
  const reloader = createReloader(source, () => new Date().toISOString());
  await reloader.reload();
  const stop = poll(storage.type === "local" ? storage.pollMs : storage.s3.pollMs, async () => {
    await reloader.reload().catch((error: Error) => {
      log("WARN", "getting file system from directory", { error: error.message });
    });
  });
  return { role: "sidecar", storage: source.storage, view: reloader.view, reloader, close: stop };
}

async function sourceOf(storage: Exclude<StorageConfig, { type: "database" }>): Promise<Source> {
  if (storage.type === "local") return localSource(storage.path);
  // the SDK takes longer to load than all the rest
  const { objectSource } = await import("./object.ts");
  return objectSource(storage.s3);
}
