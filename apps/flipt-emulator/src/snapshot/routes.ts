import { notFound, quote } from "../fault.ts";
import type { Call, Route } from "../http/route.ts";
import type { Store } from "../model.ts";
import { etagOf } from "./etag.ts";
import { acceptedBy } from "./server-version.ts";
import { snapshotOf } from "./snapshot.ts";

/** A namespace's snapshot; `If-None-Match` means the bare ETag, alone (recorded). */
export const snapshotRoutes = (store: Store): Route[] => [
  {
    method: "GET",
    path: "/internal/v1/evaluation/snapshot/namespace/:key",
    operation: ["flipt.evaluation.DataService", "EvaluationSnapshotNamespace"],
    query: { reference: "string" },
    handle: (call) => answer(store, call),
  },
];

function answer(store: Store, { params, headers }: Call) {
  const { key = "" } = params;
  const state = store.view().state(key || "default");
  if (!state && store.role === "sidecar") throw notFound(`getting flags: namespace ${quote(key)} not found`);
  const etag = state?.version ? etagOf(state.version) : undefined;
  if (etag !== undefined && headers["if-none-match"] === etag) return { status: 304, headers: { etag } };
  const accepted = acceptedBy(headers["x-flipt-accept-server-version"]);
  const body = snapshotOf(key, state, accepted, store.role === "master");
  return etag === undefined ? { body } : { headers: { etag }, body };
}
