import { randomUUID } from "node:crypto";
import { evaluateBoolean } from "../evaluation/boolean.ts";
import type { Entity } from "../evaluation/segment.ts";
import { evaluateVariant, type Reason } from "../evaluation/variant.ts";
import { Fault, invalid } from "../fault.ts";
import type { Message } from "../http/message.ts";
import type { Answer, Call, Route } from "../http/route.ts";
import type { FlagState, NamespaceState, Store } from "../model.ts";

const request = { context: "strings" } as const satisfies Message;

const reasons: Readonly<Record<Reason, string>> = {
  UNKNOWN_EVALUATION_REASON: "UNKNOWN",
  FLAG_DISABLED_EVALUATION_REASON: "DISABLED",
  MATCH_EVALUATION_REASON: "TARGETING_MATCH",
  DEFAULT_EVALUATION_REASON: "DEFAULT",
};

const service = "flipt.ofrep.OFREPService";

/** What the provider of a client asks first; nothing tells it when flags change (recorded). */
const configuration = {
  name: "flipt",
  capabilities: {
    cacheInvalidation: { polling: { enabled: false, minPollingIntervalMs: 0 } },
    flagEvaluation: { supportedTypes: ["string", "boolean"] },
  },
};

/** The OpenFeature remote evaluation protocol. */
export const ofrepRoutes = (store: Store): Route[] => [
  {
    method: "GET",
    path: "/ofrep/v1/configuration",
    operation: [service, "GetProviderConfiguration"],
    handle: () => ({ body: configuration }),
  },
  {
    method: "POST",
    path: "/ofrep/v1/evaluate/flags",
    operation: [service, "EvaluateBulk"],
    message: request,
    handle: (call) => evaluateBulk(store, call),
  },
  {
    method: "POST",
    path: "/ofrep/v1/evaluate/flags/:key",
    operation: [service, "EvaluateFlag"],
    message: request,
    handle: (call) => evaluateOne(store, call),
  },
];

const namespaceOf = (headers: Call["headers"]): string => String(headers["x-flipt-namespace"] || "default");

function evaluateOne(store: Store, { params: { key = "" }, body, headers }: Call): Answer {
  if (key === "") throw invalid("flag key was not provided");
  const state = store.view().state(namespaceOf(headers));
  const flag = state?.flags.get(key);
  if (!state || !flag) throw unknownFlag(key);
  if (!isKnown(flag)) throw new Fault(13, "unsupported flag type for ofrep bridge");
  return { body: evaluate(flag, state, entityOf(body)) };
}

const contextOf = (body: Call["body"]) => (body.context ?? {}) as Record<string, string>;

function entityOf(body: Call["body"]): Entity {
  const context = contextOf(body);
  return { entityId: context.targetingKey ?? randomUUID(), context };
}

function evaluateBulk(store: Store, { body, headers }: Call): Answer {
  const context = contextOf(body);
  const state = store.view().state(namespaceOf(headers));
  const keys = context.flags?.split(",").map((item) => item.trim());
  if (!state && !keys && store.role === "sidecar") throw new Fault(13, "failed to fetch list of flags");
  const flags = (keys ?? defaultKeys(state)).map((key) => {
    const flag = state?.flags.get(key);
    if (!state || !flag) throw unknownFlag(key);
    return { flag, state };
  });
  const entity = entityOf(body);
  return { body: { flags: flags.map(({ flag, state }) => evaluate(flag, state, entity)) } };
}

/** All boolean flags and the enabled variant flags. */
const defaultKeys = (state: NamespaceState | undefined): string[] =>
  [...(state?.flags.values() ?? [])]
    .filter((state) => isKnown(state) && (state.flag.type === "BOOLEAN_FLAG_TYPE" || state.flag.enabled))
    .map(({ flag }) => flag.key);

/** A type that is a number without name is neither (recorded). */
const isKnown = ({ flag }: FlagState): boolean => typeof flag.type === "string";

const unknownFlag = (key: string): Fault => new Fault(5, `flag was not found ${key}`, key);

function evaluate(flag: FlagState, state: NamespaceState, entity: Entity): object {
  const { key, type } = flag.flag;
  if (type === "BOOLEAN_FLAG_TYPE") {
    const { enabled, reason } = evaluateBoolean(flag, state, entity);
    return { key, reason: reasons[reason], variant: `${enabled}`, metadata: {}, value: enabled };
  }
  const { variant, reason, segmentKeys } = evaluateVariant(flag, state, entity);
  const value = variant?.key ?? "";
  const metadata = {
    ...(variant?.attachment && { attachment: variant.attachment }),
    ...(segmentKeys.length > 0 && { segments: segmentKeys.join(",") }),
  };
  return { key, reason: reasons[reason], variant: value, metadata, value };
}
