import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type DocumentFlag, formatStream } from "flipt-document";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startMaster } from "../../../testing/flipt.ts";
import { repository } from "../../../testing/process.ts";
import { filePlace } from "./place.ts";
import { startProxy } from "./proxy.ts";
import { call } from "./state.ts";

const NAMESPACES = 30;
const FLAGS = 10_000;

const flag = (n: number): DocumentFlag => {
  const base = { key: `flag-${n}`, name: `Flag ${n}`, description: "One of many", enabled: true };
  const segment = `segment-${n % 10}`;
  if (n % 2) return { ...base, type: "BOOLEAN_FLAG_TYPE", rollouts: [{ segment: { key: segment, value: true } }] };
  const distributions = [
    { variant: "a", rollout: 50 },
    { variant: "b", rollout: 50 },
  ];
  return { ...base, variants: [{ key: "a", attachment: { n } }, { key: "b" }], rules: [{ segment, distributions }] };
};
const segments = Array.from({ length: 10 }, (_, n) => ({
  key: `segment-${n}`,
  name: `Segment ${n}`,
  match_type: "ALL_MATCH_TYPE" as const,
}));
const state = formatStream(
  Array.from({ length: NAMESPACES }, (_, n) => ({
    // the first is the one that every master has
    namespace: { key: n === 0 ? "default" : `namespace-${n}`, name: `Namespace ${n}` },
    flags: Array.from({ length: FLAGS }, (_, index) => index)
      .filter((index) => index % NAMESPACES === n)
      .map(flag),
    segments,
  })),
);

/** The program as its image runs it: bundled, with the options of the image's Node. */
const dockerfile = await readFile(repository("apps/exporter/Dockerfile"), "utf8");
const [, ...entrypoint]: string[] = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1] ?? "[]");
const options = entrypoint.slice(0, -1);
/** Its pod's limit, in MiB. */
const manifest = await readFile(repository("k8s/bases/flipt-exporter/cronjob.yaml"), "utf8");
const limit = Number(/limits:[\s\S]*?memory: (\d+)Mi/.exec(manifest)?.[1]);
const heap = Number(options.join(" ").match(/--max-old-space-size=(\d+)/)?.[1]);
/** What Node takes beside the old part of its heap: the young part, code, stacks. */
const beside = 100;

const test = suite("scale");

test(`${FLAGS} flags in ${NAMESPACES} namespaces :: 8 requests at once, 50 s of processor time, three quarters of the pod's memory; unchanged: a 304 a namespace`, async () => {
  assert.ok(heap + beside <= limit, `a heap of ${heap} MB in a pod of ${limit} MiB is killed before it is collected`);
  const bundle = await mkdtemp(join(tmpdir(), "exporter-"));
  await promisify(execFile)(process.execPath, [repository("scripts/bundle.mjs"), "exporter", "--out", bundle]);
  // Its last line on standard output is the peak of the process's memory and its processor time, as the kernel counts them.
  const measured = `
    process.once("exit", () => {
      const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
      console.log(maxRSS, userCPUTime + systemCPUTime);
    });
    await import(${JSON.stringify(join(bundle, "exporter/main.js"))});
  `;
  const master = await startMaster({ state });
  const proxy = await startProxy(master.url);
  const place = await filePlace();
  // also after a failure: a program that runs on keeps the test from ending
  test.after(() =>
    Promise.all([proxy.stop(), place.stop(), master.stop(), rm(bundle, { recursive: true })]).then(() => {}),
  );
  const go = async (name: string) => {
    proxy.reset();
    const args = [...options, "--input-type=module", "-e", measured];
    const env = { ...process.env, FLIPT_URL: proxy.url, SINK_URL: place.sink.url, EXPORT_TIMEOUT: "10m" };
    const { stdout } = await promisify(execFile)(process.execPath, args, { env, cwd: repository(".") });
    const [line = "", usage = ""] = stdout.trim().split("\n");
    const [kilobytes = 0, microseconds = 0] = usage.split(" ").map(Number);
    const [megabytes, busySeconds] = [Math.round(kilobytes / 1024), Math.round(microseconds / 1e5) / 10];
    const { outcome, durationMs, requests, flags, namespaces, reads } = JSON.parse(line);
    console.log(
      `\nmeasured: 10,000 flags, ${name}: ${outcome}, ${durationMs} ms, ${busySeconds} s of processor time, ${megabytes} MB, ${requests} requests, ${proxy.mostAtOnce} at once`,
    );
    assert.equal([flags, namespaces], [FLAGS, NAMESPACES]);
    assert.ok(busySeconds <= 50 && megabytes <= 0.75 * limit && proxy.mostAtOnce <= 8);
    return { outcome, reads };
  };
  assert.equal(await go("first"), { outcome: "published", reads: 1 });
  assert.equal(await go("unchanged"), { outcome: "unchanged", reads: 0 });
  assert.is(proxy.seen.filter(({ status }) => status === 304).length, NAMESPACES);
  assert.is(proxy.seen.length, NAMESPACES + 1);
  await call(master.url, "PUT", "/default/flags/flag-0", { name: "changed", enabled: true });
  assert.equal(await go("one flag changed"), { outcome: "published", reads: 1 });
});

test.run();
