import { quote } from "../fault.ts";
import { type Database, hasSchema, openDatabase } from "../master/database.ts";
import type { Origin } from "./origin.ts";

/** Reads straight from a database, which an export neither makes nor brings up to date. */
export function openDatabaseOrigin(url: string): Origin {
  let opened: Database | undefined;
  const view = () => {
    if (!opened && !hasSchema(url)) throw new Error("no such table: namespaces");
    opened ??= openDatabase(url);
    return opened.view();
  };
  return {
    namespaces: () => view().namespaces(),
    namespace(key) {
      const state = view().state(key);
      if (!state) throw new Error(`namespace ${quote(key)} not found`);
      return state.namespace;
    },
    content(key) {
      const state = view().state(key);
      return { flags: [...(state?.flags.values() ?? [])], segments: [...(state?.segments.values() ?? [])] };
    },
    close: () => opened?.close(),
  };
}
