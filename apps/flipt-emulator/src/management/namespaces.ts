import { invalid, notFound, quote, readOnly } from "../fault.ts";
import type { Message } from "../http/message.ts";
import type { Call, Route } from "../http/route.ts";
import type { Database } from "../master/database.ts";
import { createNamespace, deleteNamespace, updateNamespace } from "../master/namespaces.ts";
import type { Store } from "../model.ts";
import { assertKey, assertPresent, text, truth } from "./fields.ts";

const fields: Message = { name: "string", description: "string" };

/** The writes of namespaces; they lie outside of a namespace, so they are routes of their own. */
export function namespaceRoutes(database: Database | undefined, store: Store): Route[] {
  return [
    {
      method: "POST",
      path: "/api/v1/namespaces",
      operation: ["flipt.Flipt", "CreateNamespace"],
      message: { key: "string", ...fields },
      handle({ body }) {
        const input = { key: text(body, "key"), name: text(body, "name"), description: text(body, "description") };
        assertKey(input.key);
        assertPresent({ name: input.name });
        return { body: writable(database).write(input.key, (write) => createNamespace(write, input)) };
      },
    },
    {
      method: "PUT",
      path: "/api/v1/namespaces/:key",
      operation: ["flipt.Flipt", "UpdateNamespace"],
      message: fields,
      handle({ params: { key = "" }, body }) {
        const input = { key, name: text(body, "name"), description: text(body, "description") };
        assertPresent({ key, name: input.name });
        return { body: writable(database).write(key, (write) => updateNamespace(write, input)) };
      },
    },
    {
      method: "DELETE",
      path: "/api/v1/namespaces/:key",
      operation: ["flipt.Flipt", "DeleteNamespace"],
      query: { force: "bool" },
      handle(call) {
        const key = deletableKey(store, call);
        writable(database).write(key, (write) => deleteNamespace(write, key));
        return { body: {} };
      },
    },
  ];
}

function writable(database: Database | undefined): Database {
  if (!database) throw readOnly();
  return database;
}

/** Looks before it deletes, on a read-only instance too (recorded); without a key `default` is looked at. */
function deletableKey(store: Store, { params: { key = "" }, body }: Call): string {
  const state = store.view().state(key || "default");
  if (!state) throw notFound(`namespace ${quote(key)} not found`);
  if (truth(body, "force")) return key;
  if (state.namespace.protected) throw invalid(`namespace ${quote(key)} is protected`);
  if (state.flags.size > 0) throw invalid(`namespace ${quote(key)} cannot be deleted; flags must be deleted first`);
  return key;
}
