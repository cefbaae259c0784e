import { readFileSync } from "node:fs";

type PageFile = "index.html" | "page.css" | `${"page" | "dom" | "edit" | "request" | "targeting"}.js`;

/** The page's files as text; they lie beside this module, bundled or not. */
export const readPageFile = (name: PageFile): string => readFileSync(new URL(name, import.meta.url), "utf8");
