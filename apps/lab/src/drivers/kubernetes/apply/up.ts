import type { KubernetesObject } from "@kubernetes/client-node";
import { emptyFolder } from "../../../evidence.ts";
import { Fault } from "../../../fault.ts";
import { kubectlHint, labHint } from "../../../hints.ts";
import { runTasks } from "../../../report/tasks.ts";
import type { Seed } from "../../../seed.ts";
import type { Runtime, Settings } from "../../driver.ts";
import { apiLine, type Cluster } from "../cluster/connect.ts";
import { admit, describe } from "../cluster/guard.ts";
import { ensureNamespace } from "../cluster/namespace.ts";
import { gone, listOurs, remove } from "../cluster/objects.ts";
import { keepEvidence } from "../lab/evidence.ts";
import { imageOf } from "../reach/volume-content.ts";
import { Informers } from "../watch/informers.ts";
import { Wait } from "../watch/wait.ts";
import { apply, type Counts, insistOnOurs } from "./apply.ts";
import { resetBackoff } from "./backoff.ts";
import { findContent, findVolumes, isClaim, removeClaims } from "./claims.ts";
import { type Manifest, render } from "./manifests.ts";
import { endedUsers, label, order, prune, requiredKeys, requiredSecrets } from "./plan.ts";
import { demandSecrets, lastingSecrets, makeSecrets } from "./secrets.ts";
import { type Planted, plant } from "./seed.ts";
import { starts } from "./startup.ts";

/** The desired and the existing objects of a namespace. */
interface Plan extends Planted {
  /** The Secrets that pods cannot start without. */
  secrets: string[];
  existing: KubernetesObject[];
}

/** @throws {Fault} for a problem that can be detected before anything is applied */
async function plan(
  cluster: Cluster,
  rendered: Manifest[],
  seed: Seed | undefined,
  signal: AbortSignal,
): Promise<Plan> {
  order(rendered);
  const existing = await listOurs(cluster);
  await insistOnOurs(cluster, rendered, existing);
  await demandSecrets(cluster, requiredKeys(rendered), signal);
  return { ...plant(rendered, existing, seed), secrets: requiredSecrets(rendered), existing };
}

/** Tells people what an earlier lab has left in the new claims. */
async function tellContent(cluster: Cluster, manifests: Manifest[], before: KubernetesObject[], signal: AbortSignal) {
  const had = new Set(before.map(label));
  const claims = manifests.filter((each) => isClaim(each) && !had.has(label(each)));
  const names = claims.map(({ metadata }) => metadata.name);
  const found = await findContent(cluster, names, imageOf(manifests), signal);
  if (found.length === 0) return "";
  const told = found.map(([claim, names]) => `claim "${claim}" (${names.slice(0, 3).join(", ")})`).join(", ");
  return `; new, but with what an earlier lab has left in the same folder: ${told}; to start empty: npm run -s lab -- down ${cluster.options}, then up`;
}

/** Applies all objects, after the Secrets that the lab can create for them. */
async function applyAll(cluster: Cluster, { manifests, secrets, existing }: Plan, signal: AbortSignal) {
  const namespace = await ensureNamespace(cluster, signal);
  const before = namespace ? [] : existing;
  const has = before.filter(({ kind }) => kind === "Secret").map(({ metadata }) => metadata?.name ?? "");
  const made = await makeSecrets(cluster, secrets, has);
  const groups = order(manifests);
  // Claims are inspected before anything writes to them.
  const first = groups.findIndex((group) => group.some(isClaim)) + 1;
  const early = await apply(cluster, groups.slice(0, first), before, signal);
  const content = await tellContent(cluster, manifests, before, signal);
  const late = await apply(cluster, groups.slice(first), before, signal);
  const count = (name: keyof Counts): number => early[name] + late[name];
  return `${namespace}${made.length > 0 ? `Secrets made: ${made.join(", ")}; ` : ""}${manifests.length} objects: ${count("created")} created, ${count("changed")} changed, ${count("unchanged")} unchanged${content}`;
}

/** Removes the lab's objects that are no longer planned. Claims go last, with their content. */
async function pruneAll(cluster: Cluster, { manifests, secrets }: Plan, signal: AbortSignal) {
  const existing = await listOurs(cluster);
  const left = prune(existing, manifests, [...secrets, ...lastingSecrets]);
  // A claim stays while a pod references it, even a pod that ended long ago.
  const old = [...left, ...endedUsers(existing, left)];
  const claims = old.filter(isClaim);
  const others = old.filter((each) => !isClaim(each));
  const volumes = claims.length > 0 ? await findVolumes(cluster, claims).catch(() => []) : [];
  await Promise.all(others.map((object) => remove(cluster, object)));
  await gone(cluster, others, signal);
  const lines = await removeClaims(cluster, claims, volumes, imageOf(manifests), signal);
  const removed = old.length > 0 ? `${old.length} removed: ${old.map(label).join(", ")}` : "nothing to remove";
  return [removed, ...lines].join("; ");
}

/** The port-forwards and the lab's commands to type next. */
function introduce(cluster: Cluster, mode: string): string[] {
  const { namespace } = cluster;
  const forward = (service: string, ports: string): string =>
    `  ${kubectlHint(`port-forward ${service.padEnd(16)}`, cluster)} ${ports}`;
  return [
    "",
    `  http://flipt-master.${namespace}:8080  flags are edited here; http://sample-app.${namespace}:8000  and asked for here, http://sample-app.${namespace}:8080 is the sidecar`,
    "",
    forward("svc/flipt-master", "8080:8080"),
    `${forward("svc/sample-app", "8080:8080")}      (one of these two at a time)`,
    forward("svc/sample-app", "8000:8000"),
    "",
    `  ${labHint("verify", cluster, ["--mode", mode])}`,
    `  ${labHint("down", cluster)}`,
  ];
}

/** Applies the plan, waits until the sidecar answers, and removes what another mode has left. */
async function carryOut(cluster: Cluster, plan: Plan, { screen, signal }: Runtime): Promise<void> {
  await runTasks([{ title: "objects", run: () => applyAll(cluster, plan, signal) }], screen, signal);
  await resetBackoff(cluster);
  const view = await Informers.open(cluster);
  const wait = new Wait(cluster, view, signal);
  wait.patient = ["flipt-sidecar", "evaluation-client"];
  try {
    await runTasks(starts(cluster, wait, plan, signal), screen, signal);
  } finally {
    await view.close();
  }
  await runTasks([{ title: "left-overs", run: () => pruneAll(cluster, plan, signal) }], screen, signal);
}

/**
 * Brings a lab up in a namespace of an admitted cluster.
 *
 * @param evidence the folder for objects, events and logs after a failure
 * @throws {Fault} that names the failing object
 */
export async function bringUp(
  cluster: Cluster,
  manifests: Manifest[],
  { seed, evidence }: Pick<Settings, "seed" | "evidence">,
  surroundings: Runtime,
): Promise<void> {
  const planned = await plan(cluster, manifests, seed, surroundings.signal);
  surroundings.screen.print(describe(cluster));
  try {
    await carryOut(cluster, planned, surroundings);
  } catch (error) {
    if (surroundings.signal.aborted) throw error;
    const kept = await keepEvidence(cluster, await emptyFolder(evidence)).then(() => evidence, apiLine);
    throw new Fault(2, apiLine(error), { note: `states, events and logs: ${kept}` });
  }
}

/** Brings a lab up and prints how to reach it. */
export async function up(settings: Settings, surroundings: Runtime): Promise<void> {
  const { mode, components } = settings;
  const [cluster, manifests] = await Promise.all([admit(settings, surroundings.env), render(mode, components)]);
  await bringUp(cluster, manifests, settings, surroundings);
  surroundings.screen.print(...introduce(cluster, mode));
}
