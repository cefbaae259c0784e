// `lab bench` on a cluster, short: its numbers mean nothing, its shape does; part of npm run test:cluster.
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Report } from "../../src/bench/report.ts";
import { servers } from "../../src/bench/testbed.ts";
import { modeNames } from "../../src/modes.ts";
import { fliptComponent, Place } from "./place.ts";

const place = await Place.reach("-bench");
const short = ["--runs", "1", "--seconds", "0.3", "--state", "small", "--output", "json"];
// a change waits for the exporter's schedule, a minute in each mode: once is enough
const groups = { local: ["evaluation", "usage"], "object-store": ["evaluation", "propagation", "usage"] };

/** Whether the kubelets measure memory: on a machine with cgroup v2 mounted beside v1 they tell 0 for every container. */
async function measuresMemory(): Promise<boolean> {
  const { items } = await place.cluster.core.listNode();
  const names = items.map(({ metadata }) => metadata?.name ?? "");
  const path = "stats/summary";
  const told = names.map((name) => place.cluster.core.connectGetNodeProxyWithPath({ name, path }));
  return /"workingSetBytes": ?[1-9]/.test(JSON.stringify((await Promise.all(told)).map(podsOf)));
}

const podsOf = (summary: unknown): unknown =>
  (typeof summary === "string" ? JSON.parse(summary) : (summary as object)).pods?.map(
    ({ containers }: { containers?: object[] }) => containers,
  );

const test = suite("bench on a cluster");
const measures = await measuresMemory();
if (!measures) console.log("the kubelets of this cluster tell 0 bytes for every container: parts are not looked for");

for (const mode of modeNames) {
  test(`${mode} :: every server answers, each part's memory is seen, and nothing is left`, async () => {
    const only = [...groups[mode].flatMap((group) => ["--only", group]), "--changes", "1", "--component", "fast"];
    const { code, stdout, stderr } = await place.lab(["bench", "--mode", mode, ...short, ...only, ...fliptComponent]);
    assert.is(code, 0, stderr);
    const { ring, evaluation = [], propagation, usage, cost }: Report = JSON.parse(stdout);
    assert.equal([ring, cost], ["kubernetes", undefined]);
    const asked = [1, 16].flatMap((count) => servers.map((server) => `${server} ${count}`));
    assert.equal(
      evaluation.map(({ kind, server, connections }) => `${kind} ${server} ${connections}`).sort(),
      ["single", "batch"].flatMap((kind) => asked.map((one) => `${kind} ${one}`)).sort(),
    );
    for (const { server, failed, answers, latency } of evaluation) {
      assert.is(failed, 0, server);
      assert.ok(answers > 0 && latency.p50.median > 0, server);
    }
    assert.is(propagation?.delays.length, groups[mode].includes("propagation") ? 1 : undefined);
    for (const { total } of propagation?.delays ?? [])
      assert.ok(total > 0 && total < (propagation?.boundSeconds ?? 0) + 30, stdout);
    const parts = usage?.busy.map(({ part }) => part) ?? [];
    for (const part of measures ? ["flipt-master", "flipt-sidecar", "evaluation-client"] : [])
      assert.ok(parts.includes(part), part);
    assert.equal(await place.leftovers(), []);
  });
}

test.after(() => place.remove());

test.run();
