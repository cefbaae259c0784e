import { flagPath, readRevision, urlOf } from "../flipt.ts";
import type { ExportRequest, ExportRun } from "../lab.ts";
import { startCutProxy } from "./cut-proxy.ts";
import { createFlag, createNamespace } from "./fixtures.ts";
import { polls, type Step } from "./step.ts";
import type { Verification } from "./verification.ts";

const namespaces = "/api/v1/namespaces";

/** Two namespaces of this verification: one with four flags, one with none. */
interface Ground {
  full: string;
  empty: string;
}

async function prepare(proof: Verification): Promise<Ground> {
  const ground = { full: `${proof.id}-full`, empty: `${proof.id}-empty` };
  for (const key of Object.values(ground)) await createNamespace(proof, key);
  await createFlags(proof, ground.full, ["a", "b", "c", "d"]);
  await proof.settle();
  return ground;
}

async function createFlags(proof: Verification, namespace: string, keys: string[]): Promise<void> {
  for (const key of keys) await createFlag(proof, namespace, key, true);
}

const ground = (proof: Verification): Promise<Ground> => proof.once("publication", () => prepare(proof));

/** Exports, which has to be refused, and looks whether publication and sidecar stay as they were. */
async function refuse(
  proof: Verification,
  request: ExportRequest,
  isExpected: (run: ExportRun) => boolean,
  expected: string,
): Promise<string> {
  const { sidecar } = proof.lab.addresses;
  const before = await proof.publication();
  const run = await proof.lab.export(request);
  if (!isExpected(run))
    throw new Error(`the exporter ended with exit code ${run.exit}, expected ${expected}: ${run.line}`);
  const after = await proof.publication();
  if (!after.bytes.equals(before.bytes))
    throw new Error(`the publication has changed: ${before.bytes.length} bytes before, ${after.bytes.length} after`);
  const etag = await readRevision(sidecar);
  if (etag !== before.revision)
    throw new Error(`flipt-sidecar serves revision ${etag}, published is ${before.revision}`);
  return run.line;
}

const refusedBy =
  (gate: string) =>
  ({ exit, log }: ExportRun): boolean =>
    exit === 1 && log.gate === gate;

const step = (title: string, run: Step["run"], needs?: Step["needs"]): Step => ({
  group: "publication",
  title,
  ...(needs && { needs }),
  seconds: polls(60),
  run,
});

const unchanged = step("an unchanged state is not written again", async (proof) => {
  await ground(proof);
  await proof.publish();
  const before = await proof.publication();
  const run = await proof.publish();
  const after = await proof.publication();
  if (run.log.outcome !== "unchanged")
    throw new Error(`the exporter says "${run.log.outcome as string}", expected "unchanged": ${run.line}`);
  if (after.modified !== before.modified)
    throw new Error(`the publication was written at ${new Date(after.modified).toISOString()}`);
  return `${run.log.requests as number} requests`;
});

const empty = step("an empty export never replaces the good one", async (proof) => {
  const { empty: namespace } = await ground(proof);
  return refuse(
    proof,
    { env: { FLIPT_NAMESPACES: namespace } },
    refusedBy("not empty"),
    'a refusal by the gate "not empty"',
  );
});

const cut = step(
  "an export that is cut off never replaces the good one",
  async (proof) => {
    await ground(proof);
    const { master } = proof.lab.addresses;
    const points = [0, 40, 1200];
    for (const bytes of points) {
      const server = await startCutProxy(urlOf(master), bytes);
      try {
        const request = { env: { FLIPT_URL: server.url } };
        await refuse(proof, request, ({ exit }) => exit !== 0, "a failure");
      } finally {
        await server.close();
      }
    }
    return `answers cut after ${points.join(", ")} bytes`;
  },
  "intercept",
);

const invalid = step("an export that the sidecar could not load never replaces the good one", async (proof) => {
  const { full } = await ground(proof);
  const segment = `${namespaces}/${full}/segments`;
  const remove = () => proof.write("DELETE", `${segment}/${proof.id}`);
  proof.undo(async () => {
    await remove();
  });
  await proof.write("POST", segment, { key: proof.id, name: proof.id });
  // The master takes `lt`, the loader of v1.61.1 does not: recorded.
  const constraint = { type: "NUMBER_COMPARISON_TYPE", property: "n", operator: "lt", value: "1" };
  await proof.write("POST", `${segment}/${proof.id}/constraints`, constraint);
  const line = await refuse(proof, {}, refusedBy("valid"), 'a refusal by the gate "valid"');
  await remove();
  return line;
});

const shrunk = step("an export that lost most flags of a namespace never replaces the good one", async (proof) => {
  const { full } = await ground(proof);
  const lost = ["a", "b", "c"];
  for (const flag of lost) await proof.write("DELETE", flagPath(full, flag));
  const line = await refuse(proof, {}, refusedBy("not shrunk"), 'a refusal by the gate "not shrunk"');
  await createFlags(proof, full, lost);
  return line;
});

const vanished = step("an export that lost a namespace never replaces the good one", async (proof) => {
  const { empty: namespace } = await ground(proof);
  await proof.write("DELETE", `${namespaces}/${namespace}?force=true`);
  const line = await refuse(proof, {}, refusedBy("not shrunk"), 'a refusal by the gate "not shrunk"');
  await proof.write("POST", namespaces, { key: namespace, name: namespace });
  return line;
});

export const publication: Step[] = [unchanged, empty, cut, invalid, shrunk, vanished];
