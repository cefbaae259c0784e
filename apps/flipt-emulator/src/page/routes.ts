import type { Route } from "../http/route.ts";
import { readPageFile } from "./files.ts";

/** Nothing but what the instance itself serves, and no markup that a flag's name could bring in. */
const policy =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'";

const files = [
  { path: "/", file: "index.html", type: "text/html" },
  { path: "/page.css", file: "page.css", type: "text/css" },
  { path: "/page.js", file: "page.js", type: "text/javascript" },
  { path: "/dom.js", file: "dom.js", type: "text/javascript" },
  { path: "/edit.js", file: "edit.js", type: "text/javascript" },
  { path: "/request.js", file: "request.js", type: "text/javascript" },
  { path: "/targeting.js", file: "targeting.js", type: "text/javascript" },
] as const;

/** The page at `/` to see, switch, make and delete flags, and what it loads; read once, at start. */
export function pageRoutes(): Route[] {
  return files.map(({ path, file, type }) => {
    const body = readPageFile(file);
    const headers = {
      "content-type": `${type}; charset=utf-8`,
      "content-security-policy": policy,
      "cache-control": "no-cache",
      "x-content-type-options": "nosniff",
    };
    return {
      method: "GET",
      path,
      operation: ["flipt-emulator.Page", file],
      open: true,
      handle: () => ({ headers, body }),
    };
  });
}
