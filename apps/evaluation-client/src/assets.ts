import { readFileSync } from "node:fs";

/** One file of the page. */
export interface Asset {
  type: string;
  body: Buffer;
}

const types: Record<string, string> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

const modules = [
  "page",
  "answer",
  "calls",
  "dom",
  "form",
  "histogram",
  "lists",
  "load",
  "request",
  "status",
  "timeline",
  "hops",
];
const scripts = modules.map((name) => `${name}.js`);
const names = ["index.html", "page.css", "hops.css", "load.css", "icon.svg", ...scripts];

/**
 * The files of the page by name. This module alone knows where they lie: in the folder `page` beside the program, so a
 * bundle of one file needs that folder next to it.
 */
export function assets(folder: URL = new URL("./page/", import.meta.url)): Map<string, Asset> {
  return new Map(
    names.map((name) => [
      name,
      {
        type: types[name.split(".").at(-1) ?? ""] ?? "application/octet-stream",
        body: readFileSync(new URL(name, folder)),
      },
    ]),
  );
}
