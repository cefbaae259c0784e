import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { Fault } from "../src/fault.ts";
import type { Route } from "../src/http/route.ts";
import { formatFamilies, type Sample } from "../src/metrics/exposition.ts";
import { createHistogram } from "../src/metrics/histogram.ts";
import { createMetrics } from "../src/metrics/metrics.ts";

const test = suite("metrics");

const route: Route = { method: "GET", path: "/a", operation: ["service", "Known"], handle: () => ({}) };

/** The lines of the exposition that begin with a name. */
function lines({ routes }: ReturnType<typeof createMetrics>, name: string): string[] {
  const [exposition] = routes;
  const { body } = exposition?.handle({ params: {}, body: {}, headers: {} }) ?? {};
  return String(body)
    .split("\n")
    .filter((line) => line.startsWith(name))
    .map((line) => line.replace(/,otel_scope_name="[^"]*",otel_scope_schema_url="",otel_scope_version=""/, ""));
}

test("format :: a family, its labels escaped", () => {
  const samples: Sample[] = [
    { labels: { a: 'x"y', b: "\\\n" }, value: 1.5 },
    { suffix: "_sum", labels: {}, value: 2 },
  ];
  assert.is(
    formatFamilies([
      { name: "one", help: "First.", type: "counter", samples },
      { name: "two", help: "Second.", type: "gauge", samples: [] },
    ]),
    '# HELP one First.\n# TYPE one counter\none{a="x\\"y",b="\\\\\\n"} 1.5\none_sum 2\n\n# HELP two Second.\n# TYPE two gauge\n',
  );
});

test("histogram :: each bucket holds what is not above its bound", () => {
  const bounds = [1, 2.5, 10];
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom(...bounds), fc.double({ min: 0, max: 20, noNaN: true }))),
      (values) => {
        const histogram = createHistogram(bounds);
        for (const value of values) histogram.observe(value);
        const expected = [...bounds, Number.POSITIVE_INFINITY].map((bound) => ({
          suffix: "_bucket",
          labels: { le: bound === Number.POSITIVE_INFINITY ? "+Inf" : `${bound}`, x: "y" },
          value: values.filter((value) => value <= bound).length,
        }));
        const sum = values.reduce((total, value) => total + value, 0);
        assert.equal(histogram.samples({ x: "y" }), [
          ...expected,
          { suffix: "_sum", labels: { x: "y" }, value: sum },
          { suffix: "_count", labels: { x: "y" }, value: values.length },
        ]);
      },
    ),
  );
});

test("evaluations :: counted by namespace, flag and result", () => {
  const metrics = createMetrics([]);
  const variant = { type: "variant", reason: "MATCH", value: "v", match: true, segments: ["a", "b"] } as const;
  const event = { namespace: "n", flag: "f", milliseconds: 0.2 };
  for (const result of [variant, { ...variant, segments: ["a"] }, variant]) metrics.evaluated({ ...event, result });
  metrics.evaluated({ ...event, flag: "s", result: { type: "boolean", reason: "DEFAULT", value: false } });
  metrics.evaluated({ ...event, namespace: "" });
  assert.equal(lines(metrics, "flipt_evaluations_requests_total{"), [
    'flipt_evaluations_requests_total{namespace="n",flag="f"} 3',
    'flipt_evaluations_requests_total{namespace="n",flag="s"} 1',
    'flipt_evaluations_requests_total{namespace="",flag="f"} 1',
  ]);
  assert.equal(lines(metrics, "flipt_evaluations_errors_total{"), [
    'flipt_evaluations_errors_total{namespace="",flag="f"} 1',
  ]);
  const result = 'type="variant",reason="MATCH",value="v",match="true"';
  assert.equal(lines(metrics, "flipt_evaluations_results_total{"), [
    `flipt_evaluations_results_total{namespace="n",flag="f",${result},segment="a,b"} 2`,
    `flipt_evaluations_results_total{namespace="n",flag="f",${result},segment="a"} 1`,
    'flipt_evaluations_results_total{namespace="n",flag="s",type="boolean",reason="DEFAULT",value="false"} 1',
  ]);
  assert.is(lines(metrics, 'flipt_evaluations_latency_milliseconds_bucket{le="0.25"').length, 3);
  assert.equal(lines(metrics, "flipt_evaluations_latency_milliseconds_count"), [
    'flipt_evaluations_latency_milliseconds_count{namespace="n",flag="f"} 3',
    'flipt_evaluations_latency_milliseconds_count{namespace="n",flag="s"} 1',
    'flipt_evaluations_latency_milliseconds_count{namespace="",flag="f"} 1',
  ]);
});

test("calls :: a known operation is shown from the start, a failed call is not sent", () => {
  const metrics = createMetrics([route, { ...route, path: "/b", operation: ["service", "Known"] }]);
  const known = '{grpc_service="service",grpc_method="Known",grpc_type="unary"';
  assert.equal(lines(metrics, "grpc_server_started_total{"), [`grpc_server_started_total${known}} 0`]);
  assert.equal(lines(metrics, "grpc_server_handling_seconds_count"), []);
  metrics.observe({ operation: route.operation, seconds: 0.01 });
  metrics.observe({ operation: ["service", "Known"], seconds: 0.02, error: new Fault(5, "x") });
  metrics.observe({ operation: route.operation, seconds: 0.02, error: new Error("x") });
  assert.equal(lines(metrics, "grpc_server_started_total{"), [`grpc_server_started_total${known}} 3`]);
  assert.equal(lines(metrics, "grpc_server_msg_sent_total{"), [`grpc_server_msg_sent_total${known}} 1`]);
  assert.equal(lines(metrics, "grpc_server_handled_total{"), [
    `grpc_server_handled_total${known},grpc_code="OK"} 1`,
    `grpc_server_handled_total${known},grpc_code="NotFound"} 1`,
    `grpc_server_handled_total${known},grpc_code="Internal"} 1`,
  ]);
  assert.match(lines(metrics, "flipt_server_errors_total{").join(), / 2$/);
  assert.equal(lines(metrics, "grpc_server_handling_seconds_count"), [`grpc_server_handling_seconds_count${known}} 3`]);
});

test.run();
