import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { ExportRun } from "../src/lab.ts";
import { silence } from "../src/status/hops.ts";
import { digest, type Observations } from "../src/status/observations.ts";
import { conclude } from "../src/status/status.ts";

const lab = {
  ring: "process",
  mode: "local" as const,
  addresses: { master: "http://m", sidecar: "http://s", application: "http://a" },
  programs: { flipt: "Flipt", store: "a folder" },
};
const now = 1_700_000_100_000;
const good: ExportRun = {
  started: now - 11_000,
  ended: now - 10_000,
  scheduled: true,
  exit: 0,
  line: "published",
  log: { etag: "r1", revisions: { default: "m1", production: "m2" } },
};
const refused: ExportRun = { ...good, exit: 1, line: "refusing to shrink", log: { gate: "not shrunk" } };
const all: Observations = {
  now,
  intervals: { export: 60, poll: 30 },
  master: { default: "m1", production: "m2" },
  lastGood: good,
  last: good,
  states: { r0: "earlier", r1: digest({ default: "m1", production: "m2" }) },
  publication: { revision: "r1", modified: now - 10_000, bytes: 4701 },
  sidecar: { revision: "r1", loaded: now - 3000 },
  application: true,
};

const test = suite("conclude");

test("addresses :: a Service and its port where a forward ends with the command", () => {
  const services = { master: "svc/m:1", sidecar: "svc/s:2", application: "svc/s:3" };
  const shown = (of: typeof lab): string[] => conclude(all, of).hops.map(({ address }) => address);
  assert.equal(shown(lab), ["http://m", "each 60 s", "a folder", "http://s", "http://a"]);
  assert.equal(shown({ ...lab, services } as typeof lab), ["svc/m:1", "each 60 s", "a folder", "svc/s:2", "svc/s:3"]);
});

for (const [name, change, verdict, reason] of [
  ["nothing amiss", {}, "in step", /^$/],
  [
    "master changed",
    { master: { default: "m9", production: "m2" } },
    "on its way",
    /the master has changed since the last export/,
  ],
  [
    "namespace added",
    { master: { default: "m1", production: "m2", new: "m3" } },
    "on its way",
    /the master has changed/,
  ],
  [
    "poll is due",
    { sidecar: { revision: "r0", loaded: now } },
    "on its way",
    /has not polled the last publication yet; it does within 30 s/,
  ],
  [
    "sidecar is frozen",
    {
      sidecar: { revision: "r0", loaded: now - 90_000 },
      publication: { revision: "r1", modified: now - 80_000, bytes: 1 },
    },
    "broken",
    /flipt-sidecar: it has not taken over a publication of 80 s ago/,
  ],
  ["master is down", { master: new Error("no answer") }, "broken", /^flipt-master: no answer$/],
  [
    "export refused",
    { last: refused },
    "broken",
    /flipt-exporter: its last run failed with exit code 1: refusing to shrink/,
  ],
  ["store is down", { publication: new Error("ECONNREFUSED") }, "broken", /store: ECONNREFUSED/],
  ["nothing published", { publication: undefined }, "broken", /store: nothing is published/],
  ["sidecar is down", { sidecar: new Error("no answer") }, "broken", /flipt-sidecar: no answer/],
  ["application is not ready", { application: false }, "broken", /evaluation-client: not ready/],
] as [string, Partial<Observations>, string, RegExp][]) {
  test(`verdict :: ${name}`, () => {
    const status = conclude({ ...all, ...change }, lab);
    assert.is(status.verdict, verdict);
    assert.match(status.reason, reason);
  });
}

for (const [seconds, verdict] of [
  [150, "in step"],
  [151, "broken"],
] as const) {
  test(`silence :: the last run has ended ${seconds} s ago`, () => {
    const last = { ...good, started: now - seconds * 1000 - 1000, ended: now - seconds * 1000 };
    const status = conclude({ ...all, last, lastGood: last }, lab);
    assert.is(status.verdict, verdict);
    assert.is(status.hops[1]?.ok, verdict === "in step");
    if (verdict === "broken")
      assert.is(status.reason, "flipt-exporter: no run has ended for 151 s, one should each 60 s; its log says why");
  });
}

test("silence :: of a lab that has not exported yet is none", () => {
  assert.is(silence({ now, intervals: all.intervals, last: undefined }), undefined);
});

const state = digest({ default: "m1", production: "m2" });
const hopsOf = (change: Partial<Observations>) =>
  Object.fromEntries(conclude({ ...all, ...change }, lab).hops.map((hop) => [hop.name, hop]));

test("hops :: the age of each, and one revision where all hold the same state", () => {
  const { hops } = conclude(all, lab);
  const seen = hops.map(({ name, revision, ageSeconds }) => [name, revision, ageSeconds]);
  assert.equal(seen, [
    ["flipt-master", state, undefined],
    ["flipt-exporter", state, 10],
    ["store", state, 10],
    ["flipt-sidecar", state, 3],
    ["sample-app", "", undefined],
  ]);
});

test("revision :: the master's changes with each namespace, not the first one alone", () => {
  for (const master of [
    { default: "m1", production: "m9" },
    { default: "m1", production: "m2", empty: undefined },
    { default: "m1" },
  ])
    assert.is.not(hopsOf({ master })["flipt-master"]?.revision, state, JSON.stringify(master));
  const inAnotherOrder = { production: "m2", default: "m1" };
  assert.is(hopsOf({ master: inAnotherOrder })["flipt-master"]?.revision, state);
});

test("revision :: a copy of which no export is remembered has its own", () => {
  const { store, "flipt-sidecar": sidecar } = hopsOf({ sidecar: { revision: "r0", loaded: now }, states: {} });
  assert.equal([store?.revision, sidecar?.revision], ["r1", "r0"]);
  assert.is(hopsOf({ sidecar: { revision: "r0", loaded: now } })["flipt-sidecar"]?.revision, "earlier");
});

for (const [what, change, name, lag] of [
  ["the store is down", { publication: new Error("ECONNREFUSED") }, "flipt-sidecar", /^unknown: no publication/],
  ["nothing is published", { publication: undefined }, "flipt-sidecar", /^unknown: no publication/],
  ["the sidecar is down", { sidecar: new Error("no answer") }, "flipt-sidecar", /^unknown: no answer/],
  ["the master is down", { master: new Error("no answer") }, "flipt-exporter", /^unknown: no master/],
] as [string, Partial<Observations>, string, RegExp][]) {
  test(`lag :: unknown, ${what}`, () => assert.match(hopsOf(change)[name]?.lag ?? "", lag));
}

test("lag :: a sidecar that answers is well while the store is down", () => {
  const down = { publication: new Error("ECONNREFUSED") };
  assert.is(hopsOf(down)["flipt-sidecar"]?.ok, true);
  assert.is(conclude({ ...all, ...down }, lab).reason, "store: ECONNREFUSED");
});

test("verdict :: a sidecar that cannot start because the store is down is said so", () => {
  const down = { sidecar: new Error("no answer"), lastWords: "Error: dial tcp: connection refused" };
  const because = /flipt-sidecar: no answer; it cannot start while the store is down.*; its log ends with: Error: dial/;
  const reason = (change: Partial<Observations>) => conclude({ ...all, ...down, ...change }, lab).reason;
  assert.match(reason({ publication: new Error("ECONNREFUSED") }), because);
  assert.is(reason({}), "flipt-sidecar: no answer; its log ends with: Error: dial tcp: connection refused");
});

test.run();
