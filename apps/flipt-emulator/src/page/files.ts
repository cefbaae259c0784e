import { readFileSync } from "node:fs";

/** The page's files as text; they lie beside this module, bundled or not. */
export const readPageFile = (name: "index.html" | "page.css" | "page.js"): string =>
  readFileSync(new URL(name, import.meta.url), "utf8");
