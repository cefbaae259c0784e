import type { KubernetesObject } from "@kubernetes/client-node";
import { Fault } from "../../fault.ts";
import { showStarts } from "../../report/starts.ts";
import type { Settings, Surroundings } from "../driver.ts";
import { apply, insistOnOurs } from "./apply.ts";
import { apiLine, type Cluster } from "./cluster.ts";
import { keepEvidence } from "./evidence.ts";
import { admit, describe } from "./guard.ts";
import { type Manifest, render } from "./manifests.ts";
import { ensureNamespace } from "./namespace.ts";
import { gone, listOurs, remove } from "./objects.ts";
import { endedUsers, label, order, prune, requiredKeys, requiredSecrets } from "./plan.ts";
import { refresh } from "./refresh.ts";
import { demandSecrets, lastingSecrets, makeSecrets } from "./secrets.ts";
import { starts } from "./start.ts";
import { View } from "./view.ts";
import { Wait } from "./wait.ts";

/** What is to be in a namespace, and what is. */
interface Plan {
  manifests: Manifest[];
  /** The Secrets that pods cannot start without. */
  secrets: string[];
  existing: KubernetesObject[];
}

/** @throws {Fault} with whatever can be known before anything is touched */
async function plan(cluster: Cluster, manifests: Manifest[], signal: AbortSignal): Promise<Plan> {
  order(manifests);
  const existing = await listOurs(cluster);
  await insistOnOurs(cluster, manifests, existing);
  await demandSecrets(cluster, requiredKeys(manifests), signal);
  return { manifests, secrets: requiredSecrets(manifests), existing };
}

/** Applies all objects; the Secrets that they need and the lab can make come first. */
async function applyAll(cluster: Cluster, { manifests, secrets, existing }: Plan, signal: AbortSignal) {
  const namespace = await ensureNamespace(cluster, signal);
  const before = namespace ? [] : existing;
  const has = before.filter(({ kind }) => kind === "Secret").map(({ metadata }) => metadata?.name ?? "");
  const made = await makeSecrets(cluster, secrets, has);
  const { created, changed, unchanged } = await apply(cluster, order(manifests), before, signal);
  const total = created + changed + unchanged;
  return `${namespace}${made.length > 0 ? `Secrets made: ${made.join(", ")}; ` : ""}${total} objects: ${created} created, ${changed} changed, ${unchanged} unchanged`;
}

/** Removes what is ours and no longer planned. */
async function pruneAll(cluster: Cluster, { manifests, secrets }: Plan, signal: AbortSignal) {
  const existing = await listOurs(cluster);
  const left = prune(existing, manifests, [...secrets, ...lastingSecrets]);
  // A claim stays as long as a pod names it, also one that ended long ago.
  const old = [...left, ...endedUsers(existing, left)];
  await Promise.all(old.map((object) => remove(cluster, object)));
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

/** Applies what is planned, waits until the sidecar answers, and removes what another mode has left. */
async function carryOut(cluster: Cluster, plan: Plan, { screen, signal }: Surroundings): Promise<void> {
  await showStarts([{ title: "objects", run: () => applyAll(cluster, plan, signal) }], screen, signal);
  await refresh(cluster);
  const view = await View.open(cluster);
  const wait = new Wait(cluster, view, signal);
  wait.patient = ["flipt-sidecar", "evaluation-client"];
  try {
    await showStarts(starts(cluster, wait, plan.manifests), screen, signal);
  } finally {
    await view.close();
  }
  await showStarts([{ title: "left-overs", run: () => pruneAll(cluster, plan, signal) }], screen, signal);
}

/**
 * Brings a lab up in a namespace that may be changed.
 *
 * @throws {Fault} with the object that is to blame; what is known about it lies in a folder then
 */
export async function bringUp(cluster: Cluster, manifests: Manifest[], surroundings: Surroundings): Promise<void> {
  const planned = await plan(cluster, manifests, surroundings.signal);
  surroundings.screen.print(describe(cluster));
  try {
    await carryOut(cluster, planned, surroundings);
  } catch (error) {
    if (surroundings.signal.aborted) throw error;
    const folder = await keepEvidence(cluster).catch(apiLine);
    throw new Fault(2, apiLine(error), { note: `states, events and logs: ${folder}` });
  }
}

/** Brings a lab up and says how to look at it. */
export async function up(settings: Settings, surroundings: Surroundings): Promise<void> {
  const { mode, components } = settings;
  const [cluster, manifests] = await Promise.all([admit(settings, surroundings.env), render(mode, components)]);
  await bringUp(cluster, manifests, surroundings);
  surroundings.screen.print(...introduce(cluster, mode));
}
