import { randomBytes } from "node:crypto";
import { type Plan, patience, readProgram, readSamples, type Sample } from "../../../bench/load.ts";
import { until } from "../../../until.ts";
import type { Cluster } from "../cluster/connect.ts";
import { attach, findApplication, nodeImage, readAttached, scriptContainer } from "../reach/ephemeral-container.ts";
import { readLog } from "../reach/logs.ts";

const emptyPort = 18_080;
const startSeconds = 60;

/** Starts the empty server in the application's pod, as near as the sidecar. Returns its address inside the pod. */
export async function serveEmpty(cluster: Cluster, signal: AbortSignal): Promise<string> {
  const [pod, image] = await Promise.all([findApplication(cluster), nodeImage(cluster)]);
  const name = "bench-empty";
  await attach(cluster, pod, scriptContainer(name, image, readProgram("empty"), { PORT: `${emptyPort}` }));
  await until("the empty server", { seconds: startSeconds, everyMs: 500, signal }, async () => {
    const state = (await readAttached(cluster, pod, name))?.state;
    return state?.running ? { value: true } : { seen: JSON.stringify(state ?? "no container") };
  });
  return `http://127.0.0.1:${emptyPort}`;
}

/** Runs the load generator in the application's pod to its end. */
export async function generate(cluster: Cluster, plan: Plan, signal: AbortSignal): Promise<Sample[]> {
  const [pod, image] = await Promise.all([findApplication(cluster), nodeImage(cluster)]);
  const name = `bench-load-${randomBytes(3).toString("hex")}`;
  await attach(cluster, pod, scriptContainer(name, image, readProgram("generator"), { PLAN: JSON.stringify(plan) }));
  await until("the load", { seconds: startSeconds + patience(plan), everyMs: 1000, signal }, async () => {
    const state = (await readAttached(cluster, pod, name))?.state;
    return state?.terminated ? { value: true } : { seen: JSON.stringify(state ?? "no container") };
  });
  return readSamples(await readLog(cluster, pod, { container: name }), plan);
}
