import { execFile } from "node:child_process";
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

// Its last line on standard output is the peak of the process's memory and its processor time, as the kernel counts them.
const measured = `
  process.once("exit", () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    console.log(maxRSS, userCPUTime + systemCPUTime);
  });
  await import(${JSON.stringify(repository("apps/exporter/src/main.ts"))});
`;

const test = suite("scale");

test(`${FLAGS} flags in ${NAMESPACES} namespaces :: 8 requests at once, 50 s of processor time, 256 MB; unchanged: a 304 a namespace`, async () => {
  const master = await startMaster({ state });
  const proxy = await startProxy(master.url);
  const place = await filePlace();
  const go = async (name: string) => {
    proxy.reset();
    const args = ["--import", "tsx", "--input-type=module", "-e", measured];
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
    assert.ok(busySeconds <= 50 && megabytes <= 256 && proxy.mostAtOnce <= 8);
    return { outcome, reads };
  };
  assert.equal(await go("first"), { outcome: "published", reads: 1 });
  assert.equal(await go("unchanged"), { outcome: "unchanged", reads: 0 });
  assert.is(proxy.seen.filter(({ status }) => status === 304).length, NAMESPACES);
  assert.is(proxy.seen.length, NAMESPACES + 1);
  await call(master.url, "PUT", "/default/flags/flag-0", { name: "changed", enabled: true });
  assert.equal(await go("one flag changed"), { outcome: "published", reads: 1 });
  await Promise.all([proxy.stop(), place.stop()]);
  await master.stop();
});

test.run();
