import { invalid } from "../fault.ts";
import type { Message } from "../http/message.ts";
import type { Call, Route } from "../http/route.ts";
import type { Store, View } from "../model.ts";
import { type Found, lookUp, requireType } from "./lookup.ts";
import { measuredVariant, type Report } from "./measure.ts";
import { type EvaluationRequest, evaluationRequest, identified, readRequest, readRequests } from "./request.ts";
import { since } from "./response.ts";

const { reference: _, ...legacyRequest } = evaluationRequest;

const batchRequest = {
  requestId: "string",
  namespaceKey: "string",
  requests: { list: { message: legacyRequest } },
  excludeNotFound: "bool",
} as const satisfies Message;

const service = "flipt.Flipt";

/** `POST /api/v1/evaluate|batch-evaluate`, also below a namespace: the older calls, which know variant flags only. */
export const legacyRoutes = (store: Store, report: Report): Route[] =>
  ["/api/v1/namespaces/:namespaceKey", "/api/v1"].flatMap((base): Route[] => [
    {
      method: "POST",
      path: `${base}/evaluate`,
      operation: [service, "Evaluate"],
      message: legacyRequest,
      handle: (call) => ({ body: evaluate(store, report, call) }),
    },
    {
      method: "POST",
      path: `${base}/batch-evaluate`,
      operation: [service, "BatchEvaluate"],
      message: batchRequest,
      handle: (call) => ({ body: evaluateBatch(store, report, call) }),
    },
  ]);

function evaluate(store: Store, report: Report, { params, body }: Call): object {
  const start = performance.now();
  const request = readRequest({ ...body, ...params });
  if (request.flagKey === "") throw invalid("invalid field flagKey: must not be empty");
  if (request.entityId === "") throw invalid("invalid field entityId: must not be empty");
  const requestId = identified(request.requestId);
  const response = respond(find(store, store.view(), request), { ...request, requestId }, report);
  return { ...response, requestDurationMillis: since(start) };
}

/** Items are neither checked nor timed nor named; all are of one namespace (recorded). */
function evaluateBatch(store: Store, report: Report, { params, body }: Call): object {
  const start = performance.now();
  const batch = readRequest({ ...body, ...params });
  const namespaceKey = batch.namespaceKey || "default";
  const view = store.view();
  const responses: object[] = [];
  for (const item of readRequests(body)) {
    if (item.namespaceKey !== "" && item.namespaceKey !== namespaceKey)
      throw invalid("invalid field namespace_key: must be the same for all requests if specified");
    const request = { ...item, namespaceKey, requestId: "" };
    const found = lookUp(view, store.role, namespaceKey, item.flagKey);
    if (found instanceof Error && body.excludeNotFound === true) continue;
    responses.push(respond(required(found), request, report));
  }
  return { requestId: identified(batch.requestId), responses, requestDurationMillis: since(start) };
}

const find = ({ role }: Store, view: View, { namespaceKey, flagKey }: EvaluationRequest): Found =>
  required(lookUp(view, role, namespaceKey, flagKey));

function required(found: Found | Error): Found {
  if (found instanceof Error) throw found;
  requireType(found.flag, "VARIANT_FLAG_TYPE");
  return found;
}

function respond(found: Found, request: EvaluationRequest, report: Report) {
  const { match, segmentKeys, reason, variant } = measuredVariant(found, request, report);
  return {
    requestId: request.requestId,
    entityId: request.entityId,
    requestContext: request.context,
    match,
    flagKey: request.flagKey,
    segmentKey: segmentKeys[0] ?? "",
    timestamp: new Date().toISOString(),
    value: variant?.key ?? "",
    requestDurationMillis: 0,
    attachment: variant?.attachment ?? "",
    reason,
    namespaceKey: request.namespaceKey,
    segmentKeys,
  };
}
