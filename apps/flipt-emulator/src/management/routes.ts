import type { Route } from "../http/route.ts";
import type { Database } from "../master/database.ts";
import type { Store } from "../model.ts";

/** All routes of the management API that write; without a database they validate and refuse. */
export function writeRoutes(_database: Database | undefined, _store: Store): Route[] {
  return [];
}
