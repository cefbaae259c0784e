import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { minikubeHome } from "./record.ts";

const everyMs = 5000;

/** Reads the names of minikube's unfinished downloads and their sizes in bytes. */
async function read(folder: string): Promise<Map<string, number>> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const downloads = names.filter((name) => name.endsWith(".download"));
  const sizes = await Promise.all(downloads.map((name) => stat(join(folder, name)).catch(() => ({ size: 0 }))));
  return new Map(downloads.map((name, at) => [name, sizes[at]?.size ?? 0]));
}

/**
 * Reports the progress of minikube's downloads. minikube emits events for images, but for its preload (0.4 GB) only on a terminal.
 *
 * @returns a function that stops the watch
 */
export function watchDownloads(env: NodeJS.ProcessEnv, news: (line: string) => void): () => void {
  const folder = join(minikubeHome(env), "cache");
  let before = new Map<string, number>();
  const timer = setInterval(async () => {
    const now = await read(folder);
    for (const [name, size] of now)
      if (size > (before.get(name) ?? 0)) {
        const file = name
          .split(/[\\/]/)
          .at(-1)
          ?.replace(/\.download$/, "");
        news(`downloading ${file}: ${Math.round(size / 1e6)} MB so far`);
      }
    before = now;
  }, everyMs);
  return () => clearInterval(timer);
}
