import type { Route } from "../http/route.ts";
import type { Observer } from "../http/server.ts";
import { createCallMetrics } from "./calls.ts";
import { createEvaluationMetrics, type EvaluationEvent } from "./evaluations.ts";
import { contentType, type Family, formatFamilies } from "./exposition.ts";
import { scope } from "./scope.ts";

export interface Metrics {
  observe: Observer;
  evaluated(event: EvaluationEvent): void;
  routes: Route[];
}

const sync: Family = {
  name: "flipt_git_sync_last_time",
  help: "The unix timestamp of the last git sync operation",
  type: "gauge",
  samples: [{ labels: scope, value: 0 }],
};

/**
 * The metric families of v1.61.1 by name and label (recorded); nothing counts polls there, so nothing does here. They are
 * counted by our own code, because a registry that finds its labels anew at each step costs more than an evaluation.
 */
export function createMetrics(routes: readonly Route[]): Metrics {
  const evaluations = createEvaluationMetrics();
  const calls = createCallMetrics(routes);
  const exposition: Route = {
    method: "GET",
    path: "/metrics",
    operation: ["flipt.Metrics", "Get"],
    open: true,
    handle: () => ({
      headers: { "content-type": contentType },
      body: formatFamilies([...evaluations.families(), sync, ...calls.families()]),
    }),
  };
  return { observe: calls.observe, evaluated: evaluations.evaluated, routes: [exposition] };
}
