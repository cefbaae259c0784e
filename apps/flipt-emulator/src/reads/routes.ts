import { notFound, quote } from "../fault.ts";
import type { Query } from "../http/query.ts";
import type { Answer, Call, Route } from "../http/route.ts";
import { type Flag, type FlagState, type Rollout, type Rule, type Store, sent, type Variant } from "../model.ts";
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
  const query = method === "ListRollouts" ? rolloutFields : method.startsWith("List") ? pageFields : itemFields;
  return { method: "GET", path, operation: [service, method], query, handle };
};

const itemFields: Query = { namespace_key: "string", reference: "string" };
const rolloutFields: Query = { ...itemFields, limit: "int32", page_token: "string" };
const pageFields: Query = { ...rolloutFields, offset: "int32" };

interface List<T> {
  name: string;
  items(): readonly T[];
  keyOf(item: T): string;
  /** Whether a page needs a limit. */
  strict: boolean;
}

function list<T>({ role }: Store, { body }: Call, { name, items, keyOf, strict }: List<T>): Answer {
  // before the namespace, whose absence is told later
  const paging = pagingOf(body, strict);
  const page = pageOf(items(), paging, role, keyOf);
  return { body: { [name]: page.items, nextPageToken: page.nextPageToken, totalCount: page.totalCount } };
}

function namespaceRoutes(store: Store): Route[] {
  const all = (call: Call): Answer => {
    return list(store, call, {
      name: "namespaces",
      items: () => store.view().namespaces(),
      keyOf: ({ key }) => key,
      strict: false,
    });
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
    const items = () => {
      const flags = [...(stateOf(store, namespaceOf(call))?.flags.values() ?? [])].map(({ flag }) => flag);
      return store.role === "master" ? flags.map(asListed) : flags;
    };
    return list(store, call, { name: "flags", items, keyOf: ({ key }) => key, strict: true });
  };
  const one = (call: Call): Answer => {
    const key = required(call.params, "flagKey", "key");
    const flag = flagStateOf(store, call)?.flag;
    if (!flag) throw notFound(`flag ${quote(`${namespaceOf(call)}/${key}`)} not found`);
    return { body: flag };
  };
  return [...both("/flags", "ListFlags", all), ...both("/flags/:flagKey", "GetFlag", one)];
}

/** A database's list, unlike its single flags, shows empty metadata, and attachments as they were sent (recorded). */
const asListed = ({ metadata = {}, defaultVariant, ...flag }: Flag): Flag => ({
  ...flag,
  variants: flag.variants.map(asSent),
  ...(defaultVariant && { defaultVariant: asSent(defaultVariant) }),
  metadata,
});

const asSent = (variant: Variant): Variant => {
  const { [sent]: attachment = variant.attachment } = variant;
  return { ...variant, attachment };
};

function segmentRoutes(store: Store): Route[] {
  const all = (call: Call): Answer => {
    const items = () => [...(stateOf(store, namespaceOf(call))?.segments.values() ?? [])];
    return list(store, call, { name: "segments", items, keyOf: ({ key }) => key, strict: true });
  };
  const one = (call: Call): Answer => {
    const key = required(call.params, "segmentKey", "key");
    const segment = stateOf(store, namespaceOf(call))?.segments.get(key);
    if (!segment) throw notFound(`segment ${quote(`${namespaceOf(call)}/${key}`)} not found`);
    return { body: segment };
  };
  return [...both("/segments", "ListSegments", all), ...both("/segments/:segmentKey", "GetSegment", one)];
}

const ofFlag = <T>(store: Store, call: Call, itemsOf: (flag: FlagState) => readonly T[]): readonly T[] => {
  const flag = flagStateOf(store, call);
  return flag ? itemsOf(flag) : [];
};

/** By its id in the whole namespace, whatever flag is named (recorded). */
function findById<T extends { id: string }>(
  store: Store,
  call: Call,
  itemsOf: (flag: FlagState) => readonly T[],
  id: string,
): T | undefined {
  for (const flag of stateOf(store, namespaceOf(call))?.flags.values() ?? []) {
    const item = itemsOf(flag).find((each) => each.id === id);
    if (item) return item;
  }
  return undefined;
}

const listedRules = ({ rules, listedRules = rules }: FlagState): readonly Rule[] => listedRules;
const listedRollouts = ({ rollouts, listedRollouts = rollouts }: FlagState): readonly Rollout[] => listedRollouts;

function ruleRoutes(store: Store): Route[] {
  const all = (call: Call): Answer => {
    required(call.params, "flagKey", "flagKey");
    return list(store, call, {
      name: "rules",
      items: () => ofFlag(store, call, listedRules),
      keyOf: ({ id }) => id,
      strict: true,
    });
  };
  const one = (call: Call): Answer => {
    const id = required(call.params, "id", "id");
    required(call.params, "flagKey", "flagKey");
    const rule = findById(store, call, listedRules, id);
    if (!rule) throw notFound(`rule "${namespaceOf(call)}/${id}" not found`);
    return { body: rule };
  };
  return [...both("/flags/:flagKey/rules", "ListRules", all), ...both("/flags/:flagKey/rules/:id", "GetRule", one)];
}

function rolloutRoutes(store: Store): Route[] {
  const all = (call: Call): Answer => {
    return list(store, call, {
      name: "rules",
      items: () => ofFlag(store, call, listedRollouts),
      keyOf: ({ id }) => id,
      strict: false,
    });
  };
  const one = (call: Call): Answer => {
    const id = call.params.id ?? "";
    const rollout = findById(store, call, listedRollouts, id);
    if (!rollout) throw notFound(`rollout "${namespaceOf(call)}/${id}" not found`);
    return { body: rollout };
  };
  const base = `${scoped}/flags/:flagKey/rollouts`;
  return [get(base, "ListRollouts", all), get(`${base}/:id`, "GetRollout", one)];
}
