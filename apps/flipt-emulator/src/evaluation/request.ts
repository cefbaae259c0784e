import { randomUUID } from "node:crypto";
import type { Message } from "../http/message.ts";
import type { Entity } from "./segment.ts";

export const evaluationRequest = {
  requestId: "string",
  namespaceKey: "string",
  flagKey: "string",
  entityId: "string",
  context: "strings",
  reference: "string",
} as const satisfies Message;

export const batchRequest = {
  requestId: "string",
  requests: { list: { message: evaluationRequest } },
  reference: "string",
} as const satisfies Message;

export interface EvaluationRequest extends Entity {
  requestId: string;
  namespaceKey: string;
  flagKey: string;
}

/** A decoded request with its absent fields filled in. */
export function readRequest(body: Record<string, unknown>): EvaluationRequest {
  return {
    requestId: textOf(body.requestId),
    namespaceKey: textOf(body.namespaceKey),
    flagKey: textOf(body.flagKey),
    entityId: textOf(body.entityId),
    context: (body.context ?? {}) as Record<string, string>,
  };
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

/** The requests of a batch, in order. */
export const readRequests = (body: Record<string, unknown>): EvaluationRequest[] =>
  ((body.requests ?? []) as Record<string, unknown>[]).map(readRequest);

export const identified = (requestId: string): string => requestId || randomUUID();
