import { readOnly } from "../fault.ts";
import type { Query } from "../http/query.ts";
import type { Route } from "../http/route.ts";
import type { Database } from "../master/database.ts";
import type { Store } from "../model.ts";
import { namespaceOf } from "../reads/lookup.ts";
import { constraintWrites } from "./constraints.ts";
import type { Definition } from "./definition.ts";
import { distributionWrites } from "./distributions.ts";
import { flagWrites } from "./flags.ts";
import { namespaceRoutes } from "./namespaces.ts";
import { rolloutWrites } from "./rollouts.ts";
import { ruleWrites } from "./rules.ts";
import { segmentWrites } from "./segments.ts";
import { variantWrites } from "./variants.ts";

const definitions: Definition[] = [
  ...flagWrites,
  ...variantWrites,
  ...segmentWrites,
  ...constraintWrites,
  ...ruleWrites,
  ...distributionWrites,
  ...rolloutWrites,
];

/**
 * All routes of the management API that write.
 *
 * @param database left out on a read-only instance: requests are checked, then refused
 * @param store what a deletion of a namespace looks at first
 */
export function writeRoutes(database: Database | undefined, store: Store): Route[] {
  return [...namespaceRoutes(database, store), ...definitions.flatMap((definition) => toRoutes(definition, database))];
}

function toRoutes(definition: Definition, database: Database | undefined): Route[] {
  const { method, path, operation, message, query } = definition;
  // the path beats them, but what they hold has to be text all the same (recorded)
  const named = Object.fromEntries(
    ["namespaceKey", ...(path.match(/(?<=:)\w+/g) ?? [])].map((name) => [name, "string" as const]),
  );
  const route = (base: string, fields: Query): Route => ({
    method,
    path: base + path,
    operation: ["flipt.Flipt", operation],
    ...(message && { message: { ...message, ...named } }),
    ...(!message && Object.keys(fields).length > 0 && { query: fields }),
    handle({ params, body }) {
      const namespaceKey = namespaceOf({ params, body });
      const change = definition.change({ namespaceKey, params, body });
      if (!database) throw readOnly();
      const result = database.write(namespaceKey, change);
      return { body: typeof result === "object" && result !== null ? result : {} };
    },
  });
  const prefixed = route("/api/v1/namespaces/:namespaceKey", { ...query });
  return definition.unprefixed ? [prefixed, route("/api/v1", { ...query, namespace_key: "string" })] : [prefixed];
}
