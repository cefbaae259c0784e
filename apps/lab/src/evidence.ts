import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { oneLine } from "./fault.ts";
import { type Lab, parts } from "./lab.ts";
import { observe } from "./status/status.ts";

/** Makes a folder of the lab's own anew, so that it tells of one failure only. */
export async function emptyFolder(path: string): Promise<string> {
  await rm(path, { recursive: true, force: true });
  await mkdir(path, { recursive: true });
  return path;
}

/** Writes what each hop of a running lab answers, and the log of each part, into a folder. */
export async function writeHops(lab: Lab, folder: string): Promise<void> {
  const seen = await observe(lab).catch((error) => ({ error: oneLine(error) }));
  const text = JSON.stringify(seen, (_, value) => (value instanceof Error ? oneLine(value) : value), 2);
  await writeFile(join(folder, "hops.json"), text);
  for (const part of parts) await writeFile(join(folder, `${part}.log`), await lab.logs(part).catch(oneLine));
}
