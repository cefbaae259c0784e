// Rollout restarts of the application under load: npm run test:cluster. RESTARTS is their number in each mode (20).
// A container beside the application evaluates flags from its start until two seconds after SIGTERM, so that a sidecar which
// starts too late or ends too early is seen.
import { makeInformer, PatchStrategy, setHeaderOptions, type V1Pod } from "@kubernetes/client-node";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { ours } from "../../src/drivers/kubernetes/cluster/kinds.ts";
import { readCronJob } from "../../src/drivers/kubernetes/lab/cronjob.ts";
import { type ModeName, modeNames } from "../../src/modes.ts";
import { until } from "../../src/until.ts";
import { type Counted, evaluation, loadContainer, readCounts } from "./load.ts";
import { fliptComponent, Place } from "./place.ts";

const restarts = Number(process.env.RESTARTS ?? "20");
const load = "load";
const labelSelector = `${ours.name}=${ours.value},app.kubernetes.io/name=sample-app`;
const rolloutSeconds = 120;
const place = await Place.reach("-restarts");
const { cluster } = place;
const { namespace } = cluster;

async function lab(...args: string[]): Promise<void> {
  const { code, stdout, stderr } = await place.lab(args);
  assert.is(code, 0, `lab ${args.join(" ")}\n${stdout}${stderr}`);
}

const patchApplication = (body: object) =>
  cluster.apps.patchNamespacedDeployment(
    { name: "sample-app", namespace, body },
    setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch),
  );

/** What the pods of the application said when they ended, and the names of those that said nothing. */
interface Ended {
  reports: Map<string, Counted>;
  silent: string[];
  close(): Promise<void>;
}

/** Keeps the last words of each pod: they are gone with it. */
async function watchEnds(): Promise<Ended> {
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const list = () => cluster.core.listNamespacedPod({ namespace, labelSelector });
  const informer = makeInformer<V1Pod>(cluster.config, path, list, labelSelector);
  let closed = false;
  const close = async (): Promise<void> => {
    closed = true;
    await informer.stop();
  };
  const ended: Ended = { reports: new Map(), silent: [], close };
  const look = ({ metadata, status }: V1Pod): string => {
    const name = metadata?.name ?? "";
    const report = readCounts(status?.containerStatuses, load);
    if (report) ended.reports.set(name, report);
    return name;
  };
  informer.on("update", look);
  informer.on("delete", (pod) => {
    const hasLoad = pod.spec?.containers.some(({ name }) => name === load);
    const name = look(pod);
    if (hasLoad && !ended.reports.has(name)) ended.silent.push(name);
  });
  // The server ends watches now and then; a pod that ended meanwhile is missed, and then missing in the count.
  informer.on("error", () => void (closed || informer.start()));
  await informer.start();
  return ended;
}

/** Waits until one pod is there, of the last template and Ready, and none that ends. */
async function rolledOut(generation: number): Promise<string> {
  const wait = { seconds: rolloutSeconds, everyMs: 300 };
  return until<string>("the rollout of sample-app", wait, async () => {
    const { status } = await cluster.apps.readNamespacedDeployment({ name: "sample-app", namespace });
    const { items } = await cluster.core.listNamespacedPod({ namespace, labelSelector });
    const [pod] = items;
    const isNew = (status?.observedGeneration ?? 0) >= generation && status?.updatedReplicas === 1;
    if (isNew && status?.readyReplicas === 1 && items.length === 1 && !pod?.metadata?.deletionTimestamp)
      return { value: pod?.metadata?.name ?? "" };
    return { seen: `${items.length} pods, ${status?.readyReplicas ?? 0} ready` };
  });
}

async function restart(count: number): Promise<string> {
  const annotations = { "kubectl.kubernetes.io/restartedAt": `${new Date().toISOString()} (${count})` };
  const { metadata } = await patchApplication({ spec: { template: { metadata: { annotations } } } });
  return rolledOut(metadata?.generation ?? 0);
}

async function addLoad(): Promise<string> {
  const image = (await readCronJob(cluster)).spec?.jobTemplate.spec?.template.spec?.containers[0]?.image ?? "";
  const container = {
    ...loadContainer(load, image, { drainSeconds: 2, targets: [evaluation(4)] }),
    resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "500m", memory: "256Mi" } },
  };
  const { metadata } = await patchApplication({ spec: { template: { spec: { containers: [container] } } } });
  return rolledOut(metadata?.generation ?? 0);
}

const test = suite("restarts under load");

function modeTest(mode: ModeName): void {
  test(`${mode} :: no evaluation inside the pod fails in ${restarts} restarts`, async () => {
    await lab("up", "--mode", mode, ...fliptComponent);
    // A pod of the mode before may still be ending.
    await rolledOut(0);
    const ended = await watchEnds();
    const begun = Date.now();
    const names = [await addLoad()];
    for (let count = 1; count <= restarts; count += 1) names.push(await restart(count));
    const seconds = (Date.now() - begun) / 1000;
    const last = names.pop() ?? "";
    await until<boolean>("the last words of all pods", { seconds: 30 }, async () =>
      ended.reports.size + ended.silent.length >= names.length ? { value: true } : { seen: `${ended.reports.size}` },
    );
    await ended.close();
    assert.equal(ended.silent, [], "pods that ended without having counted");
    assert.is(new Set(names).size, restarts, "each restart ended another pod");
    assert.equal([...ended.reports.keys()].sort(), [...names].sort());
    assert.not.ok(names.includes(last));
    const reports = [...ended.reports.values()];
    const counts = reports.flatMap((report) => report.counts);
    const evaluated = counts.reduce((sum, { asked }) => sum + asked, 0);
    const failed = counts.reduce((sum, each) => sum + each.failed, 0);
    console.log(
      `measured ${mode.padEnd(12)} ${restarts} restarts: ${evaluated} evaluations inside the pods, ${failed} failed, in ${seconds.toFixed(0)} s`,
    );
    assert.equal(
      counts.flatMap(({ faults }) => faults),
      [],
    );
    assert.is(failed, 0);
    assert.ok(
      reports.every(({ endedBy }) => endedBy === "SIGTERM"),
      "every pod was ended by its rollout",
    );
    assert.ok(
      counts.every(({ asked }) => asked > 100),
      `evaluations of the pods: ${counts.map(({ asked }) => asked)}`,
    );
  });
}

test("RESTARTS :: is a number of restarts", () => {
  assert.ok(Number.isInteger(restarts) && restarts > 0, `RESTARTS is "${process.env.RESTARTS}"`);
});

for (const mode of modeNames) modeTest(mode);

test.after(() => place.remove());

test.run();
