import { Fault } from "../../../fault.ts";
import type { ExportRun } from "../../../lab.ts";
import type { Task } from "../../driver.ts";
import type { Cluster } from "../cluster/connect.ts";
import { readCronJob, sinkOf } from "../lab/cronjob.ts";
import { runExporter } from "../lab/export.ts";
import { ExporterJobs } from "../lab/jobs.ts";
import type { Wait } from "../watch/wait.ts";
import { awaitAgreement } from "./agreement.ts";
import { resetBackoff } from "./backoff.ts";
import type { Manifest } from "./manifests.ts";
import { type Planted, plantByHand } from "./seed.ts";

/** Timeouts in seconds. They leave time to pull images. */
const limits = { deployment: 300, job: 300, seed: 1200, application: 300 };

/** Exports at once, unless an export has succeeded since the seed. Only this export may be empty, in a lab without flags. */
async function exportOnce(cluster: Cluster, wait: Wait, seeded: Date, allowEmpty: boolean): Promise<ExportRun> {
  const [cronJob, runs] = await Promise.all([readCronJob(cluster), new ExporterJobs(cluster).list()]);
  const sink = sinkOf(cronJob);
  const done = runs.findLast(
    ({ exit, started, log }) => exit === 0 && started >= seeded.getTime() && log.sink === sink,
  );
  let run = done ?? (await runExporter(cluster, wait, {}));
  if (allowEmpty && run.log.gate === "not empty") run = await runExporter(cluster, wait, { allowEmpty });
  if (run.exit !== 0) throw new Fault(2, `the first export ended with exit code ${run.exit}: ${run.line}`);
  return run;
}

const named = (manifests: Manifest[], kind: string): string[] =>
  manifests.filter((each) => each.kind === kind).map(({ metadata }) => metadata.name);

/** Returns the tasks of a start, in the order of their dependencies. */
export function starts(
  cluster: Cluster,
  wait: Wait,
  { manifests, byHand, empty, unused }: Planted,
  signal: AbortSignal,
): Task[] {
  const jobs = named(manifests, "Job").filter((name) => name !== "flipt-seed");
  const others = named(manifests, "Deployment").filter((name) => name !== "sample-app");
  const run = (title: string, run: Task["run"]): Task => ({ title, run });
  let seeded = new Date();
  let flags: unknown;
  return [
    ...others.map((name) => run(name, () => wait.deployment(name, limits.deployment))),
    ...jobs.map((name) => run(name, async () => wait.job(name, limits.job).then(() => "done"))),
    run("flipt-seed", async (news) => {
      seeded = await wait.job("flipt-seed", limits.seed);
      if (byHand) {
        await plantByHand(cluster, byHand, news, signal);
        seeded = new Date();
      }
      return `done${unused}`;
    }),
    run("flipt-exporter", async () => {
      const { line, log } = await exportOnce(cluster, wait, seeded, empty);
      flags = log.flags;
      return line;
    }),
    run("sample-app", async () => {
      if (flags === 0) return "is ready once the sidecar has a flag";
      wait.patient = ["evaluation-client"];
      // A sidecar that crashed before the first export would otherwise stay in a growing back-off.
      await resetBackoff(cluster);
      const ready = await wait.deployment("sample-app", limits.application);
      wait.patient = [];
      return ready;
    }),
    run("flipt-sidecar", () => awaitAgreement(cluster, signal)),
  ];
}
