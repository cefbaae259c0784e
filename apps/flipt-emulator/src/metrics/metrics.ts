import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { type Code, Fault } from "./fault.ts";
import type { Answer, Route } from "./http/route.ts";
import type { Observer } from "./http/server.ts";

/** One evaluation, as its metrics see it. */
export interface EvaluationEvent {
  /** As sent: empty where a request leaves the default to the server. */
  namespace: string;
  flag: string;
  milliseconds: number;
  /** Absent when the evaluation failed. */
  result?: EvaluationResult;
}

export type EvaluationResult =
  | { type: "variant"; reason: string; value: string; match: boolean; segments: readonly string[] }
  | { type: "boolean"; reason: string; value: boolean };

export interface Metrics {
  observe: Observer;
  evaluated(event: EvaluationEvent): void;
  routes: Route[];
}

/** Every series of v1.61.1 that comes from OpenTelemetry names its scope (recorded). */
const scope = { otel_scope_name: "github.com/flipt-io/flipt", otel_scope_schema_url: "", otel_scope_version: "" };
const scopeNames = Object.keys(scope);
const call = ["grpc_service", "grpc_method", "grpc_type"] as const;
const codes: Record<Code, string> = {
  3: "InvalidArgument",
  5: "NotFound",
  7: "PermissionDenied",
  12: "Unimplemented",
  13: "Internal",
  16: "Unauthenticated",
};

/** The metric families of v1.61.1 by name and label (recorded); nothing counts polls there, so nothing does here. */
export function createMetrics(routes: readonly Route[]): Metrics {
  const registry = new Registry();
  const evaluated = evaluationMetrics(registry);
  const observe = callMetrics(registry, routes);
  const answer = async (): Promise<Answer> => ({
    headers: { "content-type": "text/plain; version=0.0.4; charset=utf-8; escaping=underscores" },
    body: await registry.metrics(),
  });
  const exposition: Route = {
    method: "GET",
    path: "/metrics",
    operation: ["flipt.Metrics", "Get"],
    open: true,
    handle: answer,
  };
  return { observe, evaluated, routes: [exposition] };
}

function evaluationMetrics(registry: Registry): Metrics["evaluated"] {
  const labelNames = ["namespace", "flag", ...scopeNames];
  const registers = [registry];
  const counter = (name: string, help: string, labels: string[]) =>
    new Counter({ name, help, labelNames: [...labels, ...scopeNames], registers });
  const requests = counter("flipt_evaluations_requests_total", "The total number of requested evaluations", [
    "namespace",
    "flag",
  ]);
  const errors = counter("flipt_evaluations_errors_total", "The total number of failed evaluations", [
    "namespace",
    "flag",
  ]);
  const results = counter("flipt_evaluations_results_total", "Count of results by flag, segment, reason and value", [
    ...["namespace", "flag", "match", "segment", "reason", "value", "type"],
  ]);
  const latency = new Histogram({
    name: "flipt_evaluations_latency_milliseconds",
    help: "The latency of individual evaluations in milliseconds",
    labelNames,
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000],
    registers,
  });
  const sync = { name: "flipt_git_sync_last_time", help: "The unix timestamp of the last git sync operation" };
  new Gauge({ ...sync, labelNames: scopeNames, registers }).set(scope, 0);
  return ({ namespace, flag, milliseconds, result }) => {
    const labels = { namespace, flag, ...scope };
    requests.inc(labels);
    latency.observe(labels, milliseconds);
    if (!result) return errors.inc(labels);
    const { type, reason } = result;
    if (type === "boolean") return results.inc({ ...labels, type, reason, value: `${result.value}` });
    const { value, match, segments } = result;
    results.inc({ ...labels, type, reason, value, match: `${match}`, segment: segments.join(",") });
  };
}

function callMetrics(registry: Registry, routes: readonly Route[]): Observer {
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers: [registry] });
  const started = counter("grpc_server_started_total", "Total number of RPCs started on the server.", [...call]);
  const received = counter("grpc_server_msg_received_total", "Total number of messages received on the server.", [
    ...call,
  ]);
  const sent = counter("grpc_server_msg_sent_total", "Total number of messages sent by the server.", [...call]);
  const handled = counter("grpc_server_handled_total", "Total number of RPCs completed on the server.", [
    ...call,
    "grpc_code",
  ]);
  const errors = counter("flipt_server_errors_total", "The total number of server errors", scopeNames);
  const seconds = new Histogram({
    name: "grpc_server_handling_seconds",
    help: "Histogram of response latency of RPCs handled by the server.",
    labelNames: [...call],
    registers: [registry],
  });
  errors.inc(scope, 0);
  for (const { operation } of routes) {
    for (const metric of [started, received, sent]) metric.inc(labelsOf(operation), 0);
    handled.inc({ ...labelsOf(operation), grpc_code: "OK" }, 0);
  }
  return ({ operation, seconds: taken, error }) => {
    const labels = labelsOf(operation);
    for (const metric of error ? [started, received] : [started, received, sent]) metric.inc(labels);
    handled.inc({ ...labels, grpc_code: codeOf(error) });
    seconds.observe(labels, taken);
    if (error) errors.inc(scope);
  };
}

const codeOf = (error: Error | undefined): string =>
  error === undefined ? "OK" : codes[error instanceof Fault ? error.code : 13];

const labelsOf = ([service, method]: Route["operation"]) => ({
  grpc_service: service,
  grpc_method: method,
  grpc_type: "unary",
});
