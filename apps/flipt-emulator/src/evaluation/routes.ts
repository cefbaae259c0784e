import type { FlagType } from "flipt-document";
import { invalid } from "../fault.ts";
import type { Message } from "../http/message.ts";
import type { Call, Route } from "../http/route.ts";
import type { Store, View } from "../model.ts";
import { type Found, lookUp, requireType } from "./lookup.ts";
import { measuredBoolean, measuredVariant, type Report } from "./measure.ts";
import {
  batchRequest,
  type EvaluationRequest,
  evaluationRequest,
  identified,
  readRequest,
  readRequests,
} from "./request.ts";
import { booleanResponse, since, variantResponse } from "./response.ts";

/** Evaluates what was found, of the right type, and reports it. */
type Evaluate = (found: Found, request: EvaluationRequest, report: Report) => object;

/** `POST /evaluate/v1/variant|boolean|batch`; each call reads one view only. */
export function evaluationRoutes(store: Store, report: Report): Route[] {
  const service = "flipt.evaluation.EvaluationService";
  const single = (type: FlagType, evaluate: Evaluate) => (call: Call) => {
    const request = readRequest(call.body);
    const found = findFlag(store.view(), store, request);
    requireType(found.flag, type);
    request.requestId = identified(request.requestId);
    return { body: evaluate(found, request, report) };
  };
  const route = (method: string, message: Message, handle: Route["handle"]): Route => {
    return {
      method: "POST",
      path: `/evaluate/v1/${method.toLowerCase()}`,
      operation: [service, method],
      message,
      handle,
    };
  };
  return [
    route("Variant", evaluationRequest, single("VARIANT_FLAG_TYPE", variant)),
    route("Boolean", evaluationRequest, single("BOOLEAN_FLAG_TYPE", boolean)),
    route("Batch", batchRequest, ({ body }) => ({ body: batch(store, report, body) })),
  ];
}

function findFlag(view: View, { role }: Store, { namespaceKey, flagKey }: EvaluationRequest): Found {
  const found = lookUp(view, role, namespaceKey, flagKey);
  if (found instanceof Error) throw found;
  return found;
}

function variant(found: Found, request: EvaluationRequest, report: Report): object {
  const start = performance.now();
  return variantResponse(measuredVariant(found, request, report), request, start);
}

function boolean(found: Found, request: EvaluationRequest, report: Report): object {
  const start = performance.now();
  return booleanResponse(measuredBoolean(found, request, report), request, start);
}

function batch(store: Store, report: Report, body: Record<string, unknown>): object {
  const start = performance.now();
  const view = store.view();
  const responses = readRequests(body).map((request) => batchItem(view, store, report, request));
  const requestId = identified(typeof body.requestId === "string" ? body.requestId : "");
  return { requestId, responses, requestDurationMillis: since(start) };
}

/** A missing flag or namespace is an item of its own kind; it fails nothing else. */
function batchItem(view: View, { role }: Store, report: Report, request: EvaluationRequest): object {
  const { flagKey, namespaceKey } = request;
  const found = lookUp(view, role, namespaceKey, flagKey);
  if (found instanceof Error) {
    const errorResponse = { flagKey, namespaceKey, reason: "NOT_FOUND_ERROR_EVALUATION_REASON" };
    return { type: "ERROR_EVALUATION_RESPONSE_TYPE", errorResponse };
  }
  if (found.flag.flag.type === "BOOLEAN_FLAG_TYPE") {
    return { type: "BOOLEAN_EVALUATION_RESPONSE_TYPE", booleanResponse: boolean(found, request, report) };
  }
  if (typeof found.flag.flag.type !== "string") throw invalid(`unknown flag type: ${found.flag.flag.type}`);
  return { type: "VARIANT_EVALUATION_RESPONSE_TYPE", variantResponse: variant(found, request, report) };
}
