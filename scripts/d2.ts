import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import type { Worker } from "node:worker_threads";
import { D2 } from "@terrastruct/d2";

/** D2's faults come as JSON: `[{"range": …, "errmsg": "FILE:LINE:COLUMN: what"}]`. */
function explain(cause: unknown): Error {
  const message = cause instanceof Error ? cause.message : String(cause);
  const faults = [...message.matchAll(/"errmsg":("(?:[^"\\]|\\.)*")/g)].map(([, text = ""]) => JSON.parse(text));
  return new Error(faults.length > 0 ? faults.join("; ") : message, { cause });
}

/** Starts D2 in a thread of its own, which `close` ends. */
export function startD2() {
  // V8 would also optimise these 22 MB of WebAssembly, which takes ten times the work and holds up the end of the process.
  setFlagsFromString("--liftoff-only");
  // Its thread would keep the process alive, and no method of its own ends it.
  const d2 = new D2() as D2 & { worker: Worker };

  /**
   * Renders every picture of a folder: each `diagram-NAME.d2` becomes the text of `diagram-NAME.svg`. Equal sources give
   * equal bytes. Fonts are part of the picture, nothing is fetched; it follows the reader's light or dark colour scheme.
   *
   * @throws {Error} what D2 finds wrong in a source, with file, line and column
   */
  async function render(folder: string): Promise<Map<string, string>> {
    const names = (await readdir(folder)).filter((name) => name.endsWith(".d2")).sort();
    const texts = names.map(async (name) => [name, await readFile(join(folder, name), "utf8")] as const);
    const fs = Object.fromEntries(await Promise.all(texts));
    const pictures = new Map<string, string>();
    for (const inputPath of names.filter((name) => name.startsWith("diagram-"))) {
      // At scale 1 the picture has a size of its own; without one a browser stretches it over the page.
      const compiling = d2.compile({ fs, inputPath, options: { scale: 1 } });
      const { diagram, renderOptions } = await compiling.catch((error) => Promise.reject(explain(error)));
      pictures.set(inputPath.replace(/d2$/, "svg"), await d2.render(diagram, renderOptions));
    }
    return pictures;
  }

  async function close(): Promise<void> {
    await d2.worker.terminate();
  }

  return { render, close };
}
