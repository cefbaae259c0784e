import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Worker } from "node:worker_threads";
import { D2 } from "@terrastruct/d2";

/**
 * Renders every picture of a folder: each `diagram-NAME.d2` becomes the text of `diagram-NAME.svg`. Equal sources give equal
 * bytes. Fonts are part of the picture, nothing is fetched; it follows the reader's light or dark colour scheme.
 *
 * @throws {Error} what D2 finds wrong in a source, with file, line and column
 */
export async function renderDiagrams(folder: string): Promise<Map<string, string>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".d2")).sort();
  const texts = await Promise.all(
    names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const),
  );
  const fs = Object.fromEntries(texts);
  const pictures = new Map<string, string>();
  // Its thread would keep the process alive, and no method ends it.
  const d2 = new D2() as D2 & { worker: Worker };
  try {
    for (const inputPath of names.filter((name) => name.startsWith("diagram-"))) {
      // At scale 1 the picture has a size of its own; without one a browser stretches it over the page.
      const { diagram, renderOptions } = await d2.compile({ fs, inputPath, options: { scale: 1 } });
      pictures.set(inputPath.replace(/d2$/, "svg"), await d2.render(diagram, renderOptions));
    }
    return pictures;
  } finally {
    await d2.worker.terminate();
  }
}
