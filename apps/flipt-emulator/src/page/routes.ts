import type { Route } from "../http/route.ts";

/** The page at `/` and what it loads. */
export function pageRoutes(): Route[] {
  return [];
}
