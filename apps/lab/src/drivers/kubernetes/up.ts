import { Fault } from "../../fault.ts";
import { showStarts } from "../../report/starts.ts";
import type { Settings, Surroundings } from "../driver.ts";
import { apply } from "./apply.ts";
import { apiLine, type Cluster } from "./cluster.ts";
import { keepEvidence } from "./evidence.ts";
import { admit } from "./guard.ts";
import { type Manifest, render } from "./manifests.ts";
import { ensureNamespace } from "./namespace.ts";
import { gone, listOurs, remove } from "./objects.ts";
import { endedUsers, label, prune, requiredSecrets } from "./plan.ts";
import { refresh } from "./refresh.ts";
import { makeSecrets } from "./secrets.ts";
import { starts } from "./start.ts";
import { View } from "./view.ts";
import { Wait } from "./wait.ts";

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

/** The three lines that people type, and the lab's own commands. */
function introduce({ context, namespace, options }: Cluster, mode: string): string[] {
  const forward = (service: string, ports: string): string =>
    `  kubectl port-forward ${service.padEnd(16)} --context ${context} --namespace ${namespace} ${ports}`;
  return [
    "",
    `  http://flipt-master.${namespace}:8080  flags are edited here; http://sample-app.${namespace}:8000  and asked for here, http://sample-app.${namespace}:8080 is the sidecar`,
    "",
    forward("svc/flipt-master", "8080:8080"),
    `${forward("svc/sample-app", "8080:8080")}      (one of these two at a time)`,
    forward("svc/sample-app", "8000:8000"),
    "",
    `  npm run -s lab -- verify ${options} --mode ${mode}`,
    `  npm run -s lab -- down ${options}`,
  ];
}

/**
 * Applies a lab, waits until its sidecar answers, and removes what another mode has left.
 *
 * @throws {Fault} with the object that is to blame; what is known about it lies in a folder then
 */
export async function up(settings: Settings, { screen, signal }: Surroundings): Promise<void> {
  const { mode, components } = settings;
  const cluster = await admit(settings, screen);
  const manifests = await render(mode, components);
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
