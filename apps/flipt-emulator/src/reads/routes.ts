import { notFound, quote } from "../fault.ts";
import type { Answer, Call, Route } from "../http/route.ts";
import type { Flag, Rollout, Rule, Store } from "../model.ts";
import { flagStateOf, namespaceOf, required, stateOf } from "./lookup.ts";
import { pageOf, pagingOf } from "./paging.ts";

const service = "flipt.Flipt";
const scoped = "/api/v1/namespaces/:namespaceKey";

/** All routes of the management API that read. */
export const readRoutes = (store: Store): Route[] => [
  ...namespaceRoutes(store),
  ...flagRoutes(store),
  ...segmentRoutes(store),
  ...ruleRoutes(store),
  ...rolloutRoutes(store),
];

/** The same below a namespace and, for `default`, without one. */
const both = (path: string, method: string, handle: Route["handle"]): Route[] =>
  [scoped, "/api/v1"].map((base) => get(base + path, method, handle));

const get = (path: string, method: string, handle: Route["handle"]): Route => {
  return { method: "GET", path, operation: [service, method], readsQuery: true, handle };
};

interface List<T> {
  name: string;
  items: readonly T[];
  keyOf(item: T): string;
  /** Whether a page needs a limit. */
  strict: boolean;
}

function list<T>({ role }: Store, { query }: Call, { name, items, keyOf, strict }: List<T>): Answer {
  const page = pageOf(items, pagingOf(query, strict), role, keyOf);
  return { body: { [name]: page.items, nextPageToken: page.nextPageToken, totalCount: page.totalCount } };
}

function namespaceRoutes(store: Store): Route[] {
  const all = (call: Call): Answer => {
    const items = store.view().namespaces();
    return list(store, call, { name: "namespaces", items, keyOf: ({ key }) => key, strict: false });
  };
  const one = ({ params }: Call): Answer => {
    const key = params.key || "default";
    const namespace = store.view().state(key)?.namespace;
    if (!namespace) throw notFound(`namespace ${quote(key)} not found`);
    return { body: namespace };
  };
  return [get("/api/v1/namespaces", "ListNamespaces", all), get("/api/v1/namespaces/:key", "GetNamespace", one)];
}

function flagRoutes(store: Store): Route[] {
  const all = (call: Call): Answer => {
    const flags = [...(stateOf(store, namespaceOf(call.params))?.flags.values() ?? [])].map(({ flag }) => flag);
    // a database's list, unlike its single flags, shows empty metadata
    const items = store.role === "master" ? flags.map(withMetadata) : flags;
    return list(store, call, { name: "flags", items, keyOf: ({ key }) => key, strict: true });
  };
  const one = ({ params }: Call): Answer => {
    const key = required(params, "flagKey", "key");
    const flag = flagStateOf(store, params)?.flag;
    if (!flag) throw notFound(`flag ${quote(`${namespaceOf(params)}/${key}`)} not found`);
    return { body: flag };
  };
  return [...both("/flags", "ListFlags", all), ...both("/flags/:flagKey", "GetFlag", one)];
}

const withMetadata = (flag: Flag): Flag => ({ ...flag, metadata: flag.metadata ?? {} });

function segmentRoutes(store: Store): Route[] {
  const all = (call: Call): Answer => {
    const items = [...(stateOf(store, namespaceOf(call.params))?.segments.values() ?? [])];
    return list(store, call, { name: "segments", items, keyOf: ({ key }) => key, strict: true });
  };
  const one = ({ params }: Call): Answer => {
    const key = required(params, "segmentKey", "key");
    const segment = stateOf(store, namespaceOf(params))?.segments.get(key);
    if (!segment) throw notFound(`segment ${quote(`${namespaceOf(params)}/${key}`)} not found`);
    return { body: segment };
  };
  return [...both("/segments", "ListSegments", all), ...both("/segments/:segmentKey", "GetSegment", one)];
}

function ruleRoutes(store: Store): Route[] {
  const rulesOf = (params: Record<string, string>): readonly Rule[] => {
    const state = flagStateOf(store, params);
    return state?.listedRules ?? state?.rules ?? [];
  };
  const all = (call: Call): Answer => {
    required(call.params, "flagKey", "flagKey");
    return list(store, call, { name: "rules", items: rulesOf(call.params), keyOf: ({ id }) => id, strict: true });
  };
  const one = ({ params }: Call): Answer => {
    const id = required(params, "id", "id");
    required(params, "flagKey", "flagKey");
    const rule = rulesOf(params).find((item) => item.id === id);
    if (!rule) throw notFound(`rule ${quote(`${namespaceOf(params)}/${id}`)} not found`);
    return { body: rule };
  };
  return [...both("/flags/:flagKey/rules", "ListRules", all), ...both("/flags/:flagKey/rules/:id", "GetRule", one)];
}

function rolloutRoutes(store: Store): Route[] {
  const rolloutsOf = (params: Record<string, string>): readonly Rollout[] => {
    const state = flagStateOf(store, params);
    return state?.listedRollouts ?? state?.rollouts ?? [];
  };
  const all = (call: Call): Answer => {
    const items = rolloutsOf(call.params);
    return list(store, call, { name: "rules", items, keyOf: ({ id }) => id, strict: false });
  };
  const one = ({ params }: Call): Answer => {
    const id = params.id ?? "";
    const rollout = rolloutsOf(params).find((item) => item.id === id);
    if (!rollout) throw notFound(`rollout ${quote(`${namespaceOf(params)}/${id}`)} not found`);
    return { body: rollout };
  };
  const base = `${scoped}/flags/:flagKey/rollouts`;
  return [get(base, "ListRollouts", all), get(`${base}/:id`, "GetRollout", one)];
}
