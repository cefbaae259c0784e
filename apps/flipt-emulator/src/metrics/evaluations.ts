import type { Family, Sample } from "./exposition.ts";
import { createHistogram, type Histogram } from "./histogram.ts";
import { scope } from "./scope.ts";

/** One evaluation, as its metrics see it. */
export interface EvaluationEvent {
  /** As sent: empty where a request leaves the default to the server. */
  namespace: string;
  flag: string;
  milliseconds: number;
  /** Absent when the evaluation failed. */
  result?: EvaluationResult | undefined;
}

export type EvaluationResult =
  | { type: "variant"; reason: string; value: string; match: boolean; segments: readonly string[] }
  | { type: "boolean"; reason: string; value: boolean };

/** What is counted of one flag. */
interface Tally {
  labels: Sample["labels"];
  requests: number;
  errors: number;
  latency: Histogram;
  results: Map<string, { result: EvaluationResult; count: number }>;
}

const milliseconds = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000];

/** Counts evaluations by namespace and flag. */
export function createEvaluationMetrics(): { evaluated(event: EvaluationEvent): void; families(): Family[] } {
  const namespaces = new Map<string, Map<string, Tally>>();
  const tallies = (): Tally[] => [...namespaces.values()].flatMap((flags) => [...flags.values()]);
  return {
    evaluated(event) {
      const { result } = event;
      const tally = tallyOf(namespaces, event);
      tally.requests += 1;
      tally.latency.observe(event.milliseconds);
      if (result) countResult(tally, result);
      else tally.errors += 1;
    },
    families: () => familiesOf(tallies()),
  };
}

function tallyOf(namespaces: Map<string, Map<string, Tally>>, { namespace, flag }: EvaluationEvent): Tally {
  let flags = namespaces.get(namespace);
  if (!flags) {
    flags = new Map();
    namespaces.set(namespace, flags);
  }
  let tally = flags.get(flag);
  if (!tally) {
    const labels = { namespace, flag, ...scope };
    tally = { labels, requests: 0, errors: 0, latency: createHistogram(milliseconds), results: new Map() };
    flags.set(flag, tally);
  }
  return tally;
}

function countResult({ results }: Tally, result: EvaluationResult): void {
  const { reason, value } = result;
  const key =
    result.type === "boolean"
      ? `${reason} ${value}`
      : `${reason} ${result.match} ${result.segments.join(",")} ${value}`;
  const known = results.get(key);
  if (known) known.count += 1;
  else results.set(key, { result, count: 1 });
}

const familiesOf = (tallies: readonly Tally[]): Family[] => [
  {
    name: "flipt_evaluations_requests_total",
    help: "The total number of requested evaluations",
    type: "counter",
    samples: tallies.map(({ labels, requests }) => ({ labels, value: requests })),
  },
  {
    name: "flipt_evaluations_errors_total",
    help: "The total number of failed evaluations",
    type: "counter",
    samples: tallies.filter(({ errors }) => errors > 0).map(({ labels, errors }) => ({ labels, value: errors })),
  },
  {
    name: "flipt_evaluations_results_total",
    help: "Count of results by flag, segment, reason and value",
    type: "counter",
    samples: tallies.flatMap(({ labels, results }) =>
      [...results.values()].map(({ result, count }) => ({ labels: { ...labels, ...labelsOf(result) }, value: count })),
    ),
  },
  {
    name: "flipt_evaluations_latency_milliseconds",
    help: "The latency of individual evaluations in milliseconds",
    type: "histogram",
    samples: tallies.flatMap(({ labels, latency }) => latency.samples(labels)),
  },
];

function labelsOf(result: EvaluationResult): Sample["labels"] {
  const { type, reason, value } = result;
  if (result.type === "boolean") return { type, reason, value: `${value}` };
  return { type, reason, value: `${value}`, match: `${result.match}`, segment: result.segments.join(",") };
}
