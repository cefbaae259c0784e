import { readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite } from "uvu";
import { ask } from "../../src/flipt.ts";
import type { ExportRequest, ExportRun, Lab } from "../../src/lab.ts";
import { publication } from "../../src/steps/publication.ts";
import { Bench, type Breakage } from "./bench.ts";

interface Context {
  bench: Bench;
}

const test = suite<Context>("publication, one thing broken");
test.before(async (context) => {
  context.bench = await Bench.open("local");
});
test.after(({ bench }) => bench.close());

const published: ExportRun = {
  started: 0,
  ended: 0,
  scheduled: false,
  exit: 0,
  line: "published",
  log: { outcome: "published" },
};
const file = (bench: Bench): string => join(bench.owned.lab.home.volume, "features.yml");

/** An exporter that does without some gate. */
const exporter = (
  run: (request: ExportRequest, whole: Lab, bench: Bench) => Promise<ExportRun | undefined>,
): Breakage => ({
  lab: (whole, bench) => ({
    export: async (request = {}) => (await run(request, whole, bench)) ?? whole.export(request),
  }),
});

const flags = async (whole: Lab, suffix: RegExp): Promise<number | undefined> => {
  const { body } = await ask(whole.addresses.master, "/api/v1/namespaces");
  const found = (body as { namespaces: { key: string }[] }).namespaces.find(({ key }) => suffix.test(key));
  if (!found) return undefined;
  const list = await ask(whole.addresses.master, `/api/v1/namespaces/${found.key}/flags`);
  return (list.body as { flags: unknown[] }).flags.length;
};

test("unchanged :: it is written again", ({ bench }) =>
  bench.reddens(
    publication,
    "an unchanged state is not written again",
    /the publication was written at/,
    exporter(async (request, whole) => {
      const run = await whole.export(request);
      if (run.log.outcome !== "unchanged") return run;
      await utimes(file(bench), new Date(), new Date());
      return run;
    }),
  ));

test("empty :: the gate is open", ({ bench }) =>
  bench.reddens(
    publication,
    "an empty export never replaces the good one",
    /exit code 0, expected a refusal by the gate "not empty"/,
    exporter(async (request, whole) =>
      request.env?.FLIPT_NAMESPACES ? whole.export({ ...request, allowEmpty: true }) : undefined,
    ),
  ));

test("cut :: half of it is published", ({ bench }) =>
  bench.reddens(
    publication,
    "an export that is cut off never replaces the good one",
    /exit code 0, expected a failure/,
    exporter(async (request) => {
      if (!request.env?.FLIPT_URL) return undefined;
      const whole = await readFile(file(bench));
      await writeFile(file(bench), whole.subarray(0, whole.length / 2));
      return published;
    }),
  ));

test("cut :: half of it is published, and the exporter says that it failed", ({ bench }) =>
  bench.reddens(
    publication,
    "an export that is cut off never replaces the good one",
    /the publication has changed: \d+ bytes before, \d+ after/,
    exporter(async (request) => {
      if (!request.env?.FLIPT_URL) return undefined;
      const whole = await readFile(file(bench));
      await writeFile(file(bench), whole.subarray(0, whole.length / 2));
      return { ...published, exit: 3 };
    }),
  ));

test("invalid :: the gate is open", ({ bench }) =>
  bench.reddens(
    publication,
    "an export that the sidecar could not load never replaces the good one",
    /exit code 0, expected a refusal by the gate "valid"/,
    exporter(async (request, whole) => {
      const run = await whole.export(request);
      return run.log.gate === "valid" ? published : run;
    }),
  ));

test("shrunk :: the gate is open", ({ bench }) =>
  bench.reddens(
    publication,
    "an export that lost most flags of a namespace never replaces the good one",
    /exit code 0, expected a refusal by the gate "not shrunk"/,
    exporter(async (request, whole) =>
      (await flags(whole, /-full$/)) === 1 ? whole.export({ ...request, allowShrink: true }) : undefined,
    ),
  ));

test("vanished :: the gate is open", ({ bench }) =>
  bench.reddens(
    publication,
    "an export that lost a namespace never replaces the good one",
    /exit code 0, expected a refusal by the gate "not shrunk"/,
    exporter(async (request, whole) =>
      (await flags(whole, /-full$/)) !== undefined && (await flags(whole, /-empty$/)) === undefined
        ? whole.export({ ...request, allowShrink: true })
        : undefined,
    ),
  ));

test.run();
