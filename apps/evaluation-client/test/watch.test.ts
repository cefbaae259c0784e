import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { until } from "lab/until";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Instance, startMaster, startSidecar } from "../../../testing/flipt.ts";
import type { Seen } from "../src/watch.ts";
import { type Application, startApplication, state } from "./application.ts";
import { startClient } from "./client.ts";
import { openStream } from "./stream.ts";

const test = suite("watch");
let sidecar: Instance;
let master: Instance;
let app: Application;
const path = "/api/watch/default/switch?entity=u&backend=both";
const off = state.replace("enabled: true\n    rollouts", "enabled: false\n    rollouts");

test.before(async () => {
  [sidecar, master] = await Promise.all([
    startSidecar({ state, env: { FLIPT_EMULATOR_LOCAL_POLL_INTERVAL: "1s" } }),
    startMaster({ state }),
  ]);
  const env = { FLIPT_SIDECAR_URL: sidecar.url, FLIPT_MASTER_URL: master.url, EXPORT_SCHEDULE: "5s" };
  app = await startApplication(env);
});
test.after(async () => {
  await app?.stop();
  await Promise.all([sidecar?.stop(), master?.stop()]);
});

const shows = (next: () => Promise<Seen>, what: string, enough: (seen: Seen) => boolean) =>
  until<Seen>(what, { seconds: 120, everyMs: 1 }, async () => {
    const seen = await next();
    return enough(seen) ? { value: seen } : { seen: JSON.stringify(seen) };
  });

test("observation :: answers, revisions, the exporter's next run", async () => {
  const { response, next, end } = await openStream(app.url + path);
  assert.match(response.headers.get("content-type") ?? "", "text/event-stream");
  assert.match(response.headers.get("content-security-policy") ?? "", "default-src 'self'");
  const { evaluation, revisions, change, exporter } = await next();
  assert.is(evaluation.agree, true);
  assert.match(revisions.sidecar ?? "", /^[0-9a-f]{40}$/);
  assert.match(revisions.master ?? "", /^[0-9a-f]{40}$/);
  assert.is(change, null);
  assert.is(exporter.schedule, "5s");
  assert.is(Date.parse(exporter.at) % 5000, 0);
  assert.ok(exporter.inSeconds > 0 && exporter.inSeconds <= 5);
  end();
});

test("change :: a change on the master, then the sidecar's revision and answer", async () => {
  const { next, end } = await openStream(app.url + path);
  const before = await next();
  const url = `${master.url}/api/v1/namespaces/default/flags/switch`;
  await fetch(url, { method: "PUT", body: JSON.stringify({ name: "Switch", enabled: false }) });
  const changed = await shows(next, "change", ({ change }) => change?.kind === "answer");
  assert.is(changed.change?.arrivedAt, undefined);
  assert.is(changed.change?.revisionAt, undefined);
  const { changedAt, exportDueAt = "" } = changed.change ?? {};
  const wait = Date.parse(exportDueAt) - Date.parse(changedAt ?? "");
  assert.ok(wait > 0 && wait <= 5000 && Date.parse(exportDueAt) % 5000 === 0);
  const later = await shows(next, "master's revision", ({ revisions }) => revisions.master !== before.revisions.master);
  assert.is(later.revisions.sidecar, before.revisions.sidecar);
  await writeFile(join(sidecar.dir, "features.yml"), off);
  const arrived = await shows(next, "arrival", ({ change }) => change?.arrivedAt !== undefined);
  assert.is.not(arrived.revisions.sidecar, before.revisions.sidecar);
  assert.ok((arrived.change?.revisionAt ?? "") >= (changedAt ?? ""));
  assert.ok((arrived.change?.arrivedAt ?? "") >= (arrived.change?.revisionAt ?? ""));
  const after = await shows(next, "the run after", ({ exporter }) => exporter.at > exportDueAt);
  assert.is(after.change?.exportDueAt, exportDueAt, "the run that the change has waited for stays");
  end();
});

test("change :: one that was under way before anybody looked has no beginning, and is shown", async () => {
  const fresh = await startApplication({ FLIPT_SIDECAR_URL: sidecar.url, FLIPT_MASTER_URL: master.url });
  await fetch(`${master.url}/api/v1/namespaces/default/flags/switch`, {
    method: "PUT",
    body: JSON.stringify({ name: "Switch", enabled: true }),
  });
  const { next, end } = await openStream(fresh.url + path);
  const { change } = await next();
  assert.equal([change?.kind, change?.changedAt, change?.exportDueAt], ["answer", null, undefined]);
  end();
  await fresh.stop();
});

test("calls and metrics :: a observation is an evaluation like any other", async () => {
  const { body } = await app.get("/api/calls");
  assert.is(body.calls[0]?.question.flagKey, "switch");
  assert.match(await app.metrics(), /^evaluation_client_evaluations_total\{backend="master",result="ok"\} [1-9]/m);
});

test("streams :: eight at most, and one that is closed makes room", async () => {
  const streams = await Promise.all(Array.from({ length: 8 }, () => openStream(app.url + path)));
  const ninth = await app.get(path);
  assert.equal([ninth.status, ninth.body.error.kind], [503, "busy"]);
  assert.match(ninth.body.error.message, "8 streams are open already");
  streams[0]?.end();
  await until("room", { seconds: 120, everyMs: 20 }, async () => {
    const { response, end } = await openStream(app.url + path);
    end();
    return response.status === 200 ? { value: true } : { seen: `${response.status}` };
  });
  for (const { end } of streams) end();
});

for (const [title, address, message] of [
  ["no entity", "/api/watch/default/switch", /"entity" is missing/],
  ["an unknown backend", "/api/watch/default/switch?entity=u&backend=x", /not one of sidecar, master, both/],
] as const) {
  test(`refuses :: ${title}`, async () => {
    const { status, body } = await app.get(address);
    assert.is(status, 400);
    assert.match(body.error.message, message);
  });
}

test("stop :: an open stream and a running load do not keep the program", async () => {
  const { url, running } = await startClient({ FLIPT_SIDECAR_URL: sidecar.url, FLIPT_MASTER_URL: master.url });
  const { next } = await openStream(url + path);
  await next();
  const question = { flagKey: "switch", entityId: "u", backend: "both" };
  await fetch(`${url}/api/load`, { method: "POST", body: JSON.stringify({ question }) });
  running.child.kill("SIGTERM");
  const { code, stderr } = await running.finished;
  assert.equal([code, stderr], [0, ""], "ends with its stream, not with the grace time");
});

test("master stopped :: the sidecar's answers go on", async () => {
  const { next, end } = await openStream(app.url + path);
  await next();
  await master.running.stop();
  const { evaluation, revisions } = await shows(
    next,
    "silence of the master",
    ({ revisions }) => revisions.master === null,
  );
  const { sidecar: near, master: far } = evaluation.answers;
  assert.is(near && "value" in near && near.value, false);
  assert.is(far && "error" in far && far.error.kind, "unreachable");
  assert.match(revisions.sidecar ?? "", /^[0-9a-f]{40}$/);
  end();
});

test("no master configured :: the sidecar alone is watched, the master is refused", async () => {
  const alone = await startApplication({ FLIPT_SIDECAR_URL: sidecar.url });
  const { next, end } = await openStream(`${alone.url}/api/watch/default/switch?entity=u`);
  const { evaluation, revisions, change } = await next();
  assert.equal([Object.keys(evaluation.answers), Object.keys(revisions), change], [["sidecar"], ["sidecar"], null]);
  end();
  assert.is((await alone.get(path)).status, 400);
  await alone.stop();
});

test.run();
