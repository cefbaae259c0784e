import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** The files below some folders whose name matches, sorted; folders that are absent are no error. */
export async function glob(root, folders, pattern) {
  const found = await Promise.all(
    folders.map(async (folder) => {
      const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true }).catch(() => []);
      return entries
        .filter((entry) => entry.isFile() && pattern.test(entry.name) && !entry.parentPath.includes("node_modules"))
        .map((entry) => join(entry.parentPath, entry.name));
    }),
  );
  return found.flat().sort();
}
