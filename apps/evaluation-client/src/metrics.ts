import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Answer } from "./answer.ts";
import type { Backend } from "./backend.ts";
import type { Evaluation } from "./evaluation.ts";
import { Failure } from "./failure.ts";
import type { BackendName } from "./question.ts";
import type { Readiness } from "./readiness.ts";

export interface Metrics {
  contentType: string;
  count(evaluation: Evaluation): void;
  /** Counts an answer to the background load, apart from what somebody asked. */
  countLoad(backend: BackendName, answer: Answer): void;
  /** Prometheus text; asks the sidecar how fresh it is. */
  text(): Promise<string>;
}

const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** The program's metrics, in a registry of their own. */
export function metrics(sidecar: Backend, readiness: Readiness): Metrics {
  const register = new Registry();
  const registers = [register];
  collectDefaultMetrics({ register });
  const evaluations = new Counter({
    name: "evaluation_client_evaluations_total",
    help: "Evaluations by backend and result: ok, or the kind of error",
    labelNames: ["backend", "result"],
    registers,
  });
  const seconds = new Histogram({
    name: "evaluation_client_evaluation_duration_seconds",
    help: "Time until the backend answered, in seconds, errors included",
    labelNames: ["backend"],
    buckets,
    registers,
  });
  const loadEvaluations = new Counter({
    name: "evaluation_client_load_evaluations_total",
    help: "Evaluations of the background load by backend and result: ok, or the kind of error",
    labelNames: ["backend", "result"],
    registers,
  });
  const loadSeconds = new Histogram({
    name: "evaluation_client_load_duration_seconds",
    help: "Time until the backend answered the background load, in seconds, errors included",
    labelNames: ["backend"],
    buckets,
    registers,
  });
  new Gauge({
    name: "evaluation_client_ready",
    help: "1 once the sidecar has served a flag",
    registers,
    collect() {
      this.set(readiness.latched() ? 1 : 0);
    },
  });
  new Gauge({
    name: "evaluation_client_sidecar_loaded_timestamp_seconds",
    help: "Unix time of the sidecar's last successful load; absent while the sidecar cannot be asked",
    labelNames: ["backend"],
    registers,
    async collect() {
      this.reset();
      const loaded = await sidecar.updatedAt().catch(absent);
      if (loaded) this.set({ backend: "sidecar" }, loaded.getTime() / 1000);
    },
  });
  return {
    contentType: register.contentType,
    count({ answers }) {
      for (const [backend, answer] of Object.entries(answers)) {
        evaluations.inc({ backend, result: "error" in answer ? answer.error.kind : "ok" });
        seconds.observe({ backend }, answer.latencyMs / 1000);
      }
    },
    countLoad(backend, answer) {
      loadEvaluations.inc({ backend, result: "error" in answer ? answer.error.kind : "ok" });
      loadSeconds.observe({ backend }, answer.latencyMs / 1000);
    },
    text: () => register.metrics(),
  };
}

function absent(error: unknown): undefined {
  if (!(error instanceof Failure)) throw error;
}
