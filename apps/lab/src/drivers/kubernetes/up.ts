import { Fault } from "../../fault.ts";
import { demand, listFlags } from "../../flipt.ts";
import { showStarts } from "../../report/starts.ts";
import type { Settings, Start, Surroundings } from "../driver.ts";
import { apply, gone, listOurs, remove } from "./apply.ts";
import { apiLine, type Cluster } from "./cluster.ts";
import { keepEvidence } from "./evidence.ts";
import { Runs, readCronJob, runExporter, sinkOf } from "./export.ts";
import { Forward } from "./forward.ts";
import { admit, readNamespace } from "./guard.ts";
import { ours } from "./kinds.ts";
import { type Manifest, render } from "./manifests.ts";
import { endedUsers, label, prune, requiredSecrets } from "./plan.ts";
import { refresh } from "./refresh.ts";
import { makeSecrets } from "./secrets.ts";
import { View } from "./view.ts";
import { Wait } from "./wait.ts";

/** Longest waits, in seconds: images may have to be pulled. */
const limits = { deployment: 300, job: 300, application: 300 };

/** Makes the namespace where it is absent: ours, and guarded by Pod Security. */
async function ensureNamespace(cluster: Cluster): Promise<string> {
  const { core, namespace } = cluster;
  if (await readNamespace(cluster)) return "";
  const labels = { [ours.name]: ours.value, "pod-security.kubernetes.io/enforce": "restricted" };
  await core.createNamespace({ body: { metadata: { name: namespace, labels } } });
  return `namespace "${namespace}" made; `;
}

/** Applies all objects; the Secrets that they need and the lab can make come first. */
async function applyAll(cluster: Cluster, manifests: Manifest[], secrets: string[], signal: AbortSignal) {
  const namespace = await ensureNamespace(cluster);
  const existing = await listOurs(cluster);
  const has = existing.filter(({ kind }) => kind === "Secret").map(({ metadata }) => metadata?.name ?? "");
  const made = await makeSecrets(cluster, secrets, has);
  const { created, changed, unchanged } = await apply(cluster, manifests, existing, signal);
  const total = created + changed + unchanged;
  return `${namespace}${made.length > 0 ? `Secrets made: ${made.join(", ")}; ` : ""}${total} objects: ${created} created, ${changed} changed, ${unchanged} unchanged`;
}

/** Removes what is ours and no longer rendered. */
async function pruneAll(cluster: Cluster, manifests: Manifest[], secrets: string[], signal: AbortSignal) {
  const existing = await listOurs(cluster);
  const left = prune(existing, manifests, secrets);
  // A claim stays as long as a pod names it, also one that ended long ago.
  const old = [...left, ...endedUsers(existing, left)];
  for (const object of old.toReversed?.() ?? [...old].reverse()) await remove(cluster, object);
  await gone(cluster, old, signal);
  return old.length > 0 ? `${old.length} removed: ${old.map(label).join(", ")}` : "nothing to remove";
}

/** Exports at once, unless that was done since the seed. */
async function exportOnce(cluster: Cluster, wait: Wait, seeded: Date): Promise<string> {
  const [cronJob, runs] = await Promise.all([readCronJob(cluster), new Runs(cluster).list()]);
  const sink = sinkOf(cronJob);
  const done = runs.findLast(
    ({ exit, started, log }) => exit === 0 && started >= seeded.getTime() && log.sink === sink,
  );
  const run = done ?? (await runExporter(cluster, wait, {}));
  if (run.exit !== 0) throw new Fault(2, `the first export ended with exit code ${run.exit}: ${run.line}`);
  return run.line;
}

/** Asks the sidecar for a flag, through a forward. */
async function askSidecar(cluster: Cluster): Promise<string> {
  const forward = await Forward.open(cluster, "sample-app", 8080);
  try {
    const flags = await listFlags(forward.url, "default");
    const flag = flags.find(({ type }) => type === "BOOLEAN_FLAG_TYPE");
    if (!flag) throw new Fault(2, `flipt-sidecar knows ${flags.length} flags in "default" and no boolean one`);
    const body = { namespaceKey: "default", flagKey: flag.key, entityId: "me", context: {} };
    const { enabled } = await demand(forward.url, "/evaluate/v1/boolean", { method: "POST", body });
    return `flag "${flag.key}" is ${enabled}`;
  } finally {
    forward.close();
  }
}

const named = (manifests: Manifest[], kind: string): string[] =>
  manifests.filter((each) => each.kind === kind).map(({ metadata }) => metadata.name);

function starts(cluster: Cluster, wait: Wait, manifests: Manifest[]): Start[] {
  const jobs = named(manifests, "Job").filter((name) => name !== "flipt-seed");
  const others = named(manifests, "Deployment").filter((name) => name !== "sample-app");
  const run = (title: string, run: () => Promise<string>): Start => ({ title, run });
  let seeded = new Date();
  return [
    ...others.map((name) => run(name, () => wait.deployment(name, limits.deployment))),
    ...jobs.map((name) => run(name, async () => wait.job(name, limits.job).then(() => "done"))),
    run("flipt-seed", async () => {
      seeded = await wait.job("flipt-seed", limits.job);
      return "done";
    }),
    run("flipt-exporter", () => exportOnce(cluster, wait, seeded)),
    run("sample-app", async () => {
      wait.patient = ["evaluation-client"];
      // A sidecar that died before there was anything to read would wait longer and longer.
      await refresh(cluster);
      const ready = await wait.deployment("sample-app", limits.application);
      wait.patient = [];
      return ready;
    }),
    run("flipt-sidecar", () => askSidecar(cluster)),
  ];
}

/** The three lines that people type, and the lab's own commands. */
function introduce({ context, namespace }: Cluster, mode: string): string[] {
  const forward = (service: string, ports: string): string =>
    `  kubectl port-forward ${service.padEnd(16)} --namespace ${namespace} ${ports}`;
  const where = `--on kubernetes --context ${context} --namespace ${namespace}`;
  return [
    "",
    `  http://flipt-master.${namespace}:8080  flags are edited here; http://sample-app.${namespace}:8000  and asked for here, http://sample-app.${namespace}:8080 is the sidecar`,
    "",
    forward("svc/flipt-master", "8080:8080"),
    `${forward("svc/sample-app", "8080:8080")}      (one of these two at a time)`,
    forward("svc/sample-app", "8000:8000"),
    "",
    `  npm run -s lab -- verify ${where} --mode ${mode}`,
    `  npm run -s lab -- down ${where}`,
  ];
}

/**
 * Applies a lab, waits until its sidecar answers, and removes what another mode has left.
 *
 * @throws {Fault} with the object that is to blame; what is known about it lies in a folder then
 */
export async function up(settings: Settings, { screen, signal }: Surroundings): Promise<void> {
  const { mode, components } = settings;
  const [cluster, manifests] = await Promise.all([admit(settings, screen), render(mode, components)]);
  const secrets = requiredSecrets(manifests);
  try {
    const first = { title: "objects", run: () => applyAll(cluster, manifests, secrets, signal) };
    await showStarts([first], screen, signal);
    await refresh(cluster);
    const view = await View.open(cluster);
    const wait = new Wait(cluster, view, signal);
    wait.patient = ["flipt-sidecar", "evaluation-client"];
    try {
      await showStarts(starts(cluster, wait, manifests), screen, signal);
    } finally {
      await view.close();
    }
    const last = { title: "left-overs", run: () => pruneAll(cluster, manifests, secrets, signal) };
    await showStarts([last], screen, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    const folder = await keepEvidence(cluster).catch(apiLine);
    throw new Fault(2, `${apiLine(error)}; states, events and logs: ${folder}`);
  }
  screen.print(...introduce(cluster, mode));
}
