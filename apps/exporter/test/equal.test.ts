import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loseSegments, startMaster, startSidecar } from "../../../testing/flipt.ts";
import { run } from "../src/run.ts";
import { filePlace } from "./place.ts";
import { startProxy, type Treatment } from "./proxy.ts";
import { edit } from "./spoil.ts";
import { call, mark, settings, stream } from "./state.ts";

const test = suite("equal");
const master = await startMaster({ state: stream("one") });
const proxy = await startProxy(master.url);
const place = await filePlace();
const go = () => run(settings(proxy.url, place.sink));
const snapshots = () => proxy.seen.filter(({ path }) => path.includes("/snapshot/"));
test.before.each(() => proxy.reset());
test.after(async () => {
  await proxy.stop();
  await Promise.all([master.stop(), place.stop()]);
});

// biome-ignore lint/suspicious/noExplicitAny: any JSON, to be spoilt
const flag = (flags: any[], wanted: string) => flags.find(({ key }) => key === wanted);
const colour = edit(({ rules }) => {
  rules[0].distributions[0].rollout = 51;
});
const nobody = edit(({ rules }) => {
  rules[0].segmentKey = "";
});
const twice = edit((page) => {
  page.rules.push({ ...page.rules[0], id: "another", rank: 2 });
  page.totalCount += 1;
});
const threshold = edit(({ rules }) => {
  rules[0].threshold.percentage = 26;
});
const enabled = edit(({ flags }) => {
  flag(flags, "dark-mode").enabled = false;
});
const constraint = edit(({ segments }) => {
  segments[0].constraints[0].value = "guests";
});
const attachment = edit(({ flags }) => {
  flag(flags, "colour").variants[0].attachment = '{"hex":"#00f"}';
});
const base = edit(({ flags }) => {
  flag(flags, "colour").defaultVariant = flag(flags, "colour").variants[0];
});

for (const [name, path, treatment, message] of [
  [
    "a distribution",
    /\/colour\/rules/,
    colour,
    /flag "colour", rule 1, would be \("staff" get 51 % "red" {"hex":"#f00"}, 50 % "blue" null\), the master evaluates \("staff" get 50 %/,
  ],
  ["a rule less", /\/colour\/rules/, nobody, /flag "colour", rule 1, would be nothing, the master evaluates \("staff"/],
  ["a rule more", /\/colour\/rules/, twice, /flag "colour", rule 2, would be \("staff".*the master evaluates nothing/],
  [
    "a threshold",
    /\/banner\/rollouts/,
    threshold,
    /flag "banner", rule 1, would be \(26 % get true\), the master evaluates \(25 % get true\)/,
  ],
  ["a flag that is on", /\/default\/flags\?/, enabled, /flag "dark-mode" would be \(BOOLEAN_FLAG_TYPE disabled/],
  [
    "a constraint",
    /\/default\/segments/,
    constraint,
    /segment "staff" would be \(ALL_MATCH_TYPE: .*role eq guests\), the master/,
  ],
  ["an attachment", /\/default\/flags\?/, attachment, /flag "colour", rule 1, would be .*"blue" \{"hex":"#00f"\}/],
  [
    "a default variant",
    /\/default\/flags\?/,
    base,
    /flag "colour" would be .*default "blue" null\), the master evaluates .*default "red"/,
  ],
] as [string, RegExp, Treatment, RegExp][]) {
  test(`refuses :: ${name} that the master's snapshot has otherwise`, async () => {
    await mark(master.url, `before ${name}`);
    assert.is((await go()).outcome, "published");
    await mark(master.url, name);
    proxy.treat = (seen) => (path.test(seen.path) ? treatment : undefined);
    const before = await place.read();
    const outcome = await go();
    assert.equal([outcome.exit, outcome.gate], [1, "equal"], outcome.message);
    assert.match(outcome.message, message);
    assert.match(outcome.message, /namespace "default"/);
    assert.is(await place.read(), before);
  });
}

test("rank :: of rules of equal rank the one that the master evaluates first is published first", async () => {
  const path = "/default/flags/colour/rules";
  // ids are random: of six more rules at least one is out of the order of creation, but for one time in 5,040
  for (let n = 0; n < 6; n += 1) {
    await call(master.url, "POST", "/default/segments", { key: `tie-${n}`, name: "Tie" });
    await call(master.url, "POST", path, { rank: 1, segmentKey: `tie-${n}` });
  }
  const outcome = await go();
  assert.is(outcome.outcome, "published", outcome.message);
  const sidecar = await startSidecar({ state: await place.read() });
  const first = [];
  for (const { url } of [master, sidecar]) {
    const body = JSON.stringify({ flagKey: "colour", entityId: "e", context: { role: "staff" } });
    const answer = await fetch(`${url}/evaluate/v1/variant`, { method: "POST", body });
    first.push(((await answer.json()) as { segmentKeys: string[] }).segmentKeys);
  }
  assert.equal(first[1], first[0]);
  await sidecar.stop();
});

test("cost :: of a namespace that has not changed no snapshot is read again", async () => {
  await mark(master.url, "two");
  assert.is((await go()).outcome, "published");
  proxy.reset();
  await call(master.url, "PUT", "/production/flags/dark-mode", { name: "three", enabled: false });
  assert.is((await go()).outcome, "published");
  assert.equal(
    snapshots().map(({ path, status }) => `${path.split("/").at(-1)} ${status}`),
    ["default 304", "production 200", "default 304", "production 304"],
  );
});

test("cost :: an unchanged namespace that is published otherwise is compared again", async () => {
  await call(master.url, "PUT", "/production/flags/dark-mode", { name: "four", enabled: false });
  proxy.treat = ({ path }) => (/\/colour\/rules/.test(path) ? colour : undefined);
  const outcome = await go();
  assert.equal([outcome.exit, outcome.gate], [1, "equal"], outcome.message);
});

async function withoutSegments(state: string, ...keys: string[]) {
  const first = await startMaster({ state });
  await first.running.stop();
  loseSegments(first.dir, ...keys);
  return startMaster({ dir: first.dir });
}

const gone = (kind: string, operator: string): string =>
  `
flags:
  - key: closed
    name: Closed
    enabled: true
${kind}
segments:
  - { key: a, name: A, match_type: ALL_MATCH_TYPE }
  - { key: b, name: B, match_type: ALL_MATCH_TYPE }
`.replace("OPERATOR", operator);
const rule = `
    variants: [{ key: on }]
    rules:
      - segment: { keys: [a, b], operator: OPERATOR }
        distributions: [{ variant: on, rollout: 100 }]`;
const rollout = `
    type: BOOLEAN_FLAG_TYPE
    rollouts:
      - segment: { keys: [a, b], operator: OPERATOR, value: true }`;

for (const operator of ["AND_SEGMENT_OPERATOR", "OR_SEGMENT_OPERATOR"]) {
  test(`segments gone :: a rule (${operator}) stays closed on a sidecar, as on the master`, async () => {
    const flipt = await withoutSegments(gone(rule, operator), "a", "b");
    const other = await filePlace();
    const { outcome, message } = await run(settings(flipt.url, other.sink));
    assert.is(outcome, "published", message);
    const sidecar = await startSidecar({ state: await other.read() });
    for (const { url } of [flipt, sidecar]) {
      const body = JSON.stringify({ flagKey: "closed", entityId: "anybody", context: {} });
      const answer = await fetch(`${url}/evaluate/v1/variant`, { method: "POST", body });
      assert.is(((await answer.json()) as { match: boolean }).match, false, url);
    }
    await Promise.all([flipt.stop(), sidecar.stop(), other.stop()]);
  });

  test(`segments gone :: a rollout (${operator}) is refused by name`, async () => {
    const flipt = await withoutSegments(gone(rollout, operator), "a", "b");
    const other = await filePlace();
    const outcome = await run(settings(flipt.url, other.sink));
    assert.equal([outcome.exit, outcome.gate], [1, "valid"], outcome.message);
    assert.match(
      outcome.message,
      /rollout 1 of flag "default\/closed" has neither segment nor threshold.*delete it on the master/,
    );
    assert.is(await other.read(), undefined);
    await Promise.all([flipt.stop(), other.stop()]);
  });
}

test.run();
