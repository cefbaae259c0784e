import { Fault, nameOf } from "../fault.ts";
import type { Route } from "../http/route.ts";
import type { Observer } from "../http/server.ts";
import type { Family, Sample } from "./exposition.ts";
import { createHistogram, type Histogram } from "./histogram.ts";
import { scope } from "./scope.ts";

type Operation = Route["operation"];

/** What is counted of one operation. */
interface Tally {
  labels: Sample["labels"];
  started: number;
  sent: number;
  handled: Map<string, number>;
  seconds: Histogram;
}

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts calls by operation; those of the routes are shown from the start. */
export function createCallMetrics(routes: readonly Route[]): { observe: Observer; families(): Family[] } {
  const tallies = new Map<Operation, Tally>();
  const byName = new Map<string, Tally>();
  let errors = 0;
  const tallyOf = (operation: Operation): Tally => {
    const known = tallies.get(operation);
    if (known) return known;
    // several routes are one operation
    const tally = byName.get(operation.join("/")) ?? newTally(operation);
    byName.set(operation.join("/"), tally);
    tallies.set(operation, tally);
    return tally;
  };
  for (const { operation } of routes) tallyOf(operation).handled.set("OK", 0);
  return {
    observe({ operation, seconds: taken, error }) {
      const tally = tallyOf(operation);
      const code = codeOf(error);
      tally.started += 1;
      tally.handled.set(code, (tally.handled.get(code) ?? 0) + 1);
      tally.seconds.observe(taken);
      if (error) errors += 1;
      else tally.sent += 1;
    },
    families: () => familiesOf([...byName.values()], errors),
  };
}

const newTally = ([service, method]: Operation): Tally => ({
  labels: { grpc_service: service, grpc_method: method, grpc_type: "unary" },
  started: 0,
  sent: 0,
  handled: new Map(),
  seconds: createHistogram(seconds),
});

const codeOf = (error: Error | undefined): string =>
  error === undefined ? "OK" : nameOf(error instanceof Fault ? error.code : 13);

function familiesOf(tallies: readonly Tally[], errors: number): Family[] {
  const counter = (name: string, help: string, samples: Sample[]): Family => ({ name, help, type: "counter", samples });
  const started = tallies.map(({ labels, started: value }) => ({ labels, value }));
  return [
    counter("grpc_server_started_total", "Total number of RPCs started on the server.", started),
    counter("grpc_server_msg_received_total", "Total number of messages received on the server.", started),
    counter(
      "grpc_server_msg_sent_total",
      "Total number of messages sent by the server.",
      tallies.map(({ labels, sent: value }) => ({ labels, value })),
    ),
    counter(
      "grpc_server_handled_total",
      "Total number of RPCs completed on the server.",
      tallies.flatMap(({ labels, handled }) =>
        [...handled].map(([code, value]) => ({ labels: { ...labels, grpc_code: code }, value })),
      ),
    ),
    counter("flipt_server_errors_total", "The total number of server errors", [{ labels: scope, value: errors }]),
    {
      name: "grpc_server_handling_seconds",
      help: "Histogram of response latency of RPCs handled by the server.",
      type: "histogram",
      // one that was never called has no buckets (recorded)
      samples: tallies
        .filter(({ started: count }) => count > 0)
        .flatMap(({ labels, seconds: histogram }) => histogram.samples(labels)),
    },
  ];
}
