import { ask, type Flag, flagPath, listNamespaces } from "../flipt.ts";
import type { ExportRun } from "../lab.ts";
import { difference, evaluateAll } from "./answers.ts";
import { createFlag, ground } from "./fixtures.ts";
import { listAll, questionsFor } from "./questions.ts";
import { polls, type Step } from "./step.ts";
import type { Verification } from "./verification.ts";

type Kind = "created" | "changed" | "deleted";

/** What the sidecar answers for one of the three flags: on, off, or that it does not know it. */
async function answer(proof: Verification, kind: Kind): Promise<string> {
  const body = { namespaceKey: proof.id, flagKey: kind, entityId: "e", context: {} };
  const reply = await ask(proof.lab.addresses.sidecar, "/evaluate/v1/boolean", { method: "POST", body });
  if (reply.status === 200) return (reply.body as { enabled: boolean }).enabled ? "on" : "off";
  return reply.status === 404 ? "unknown" : `status ${reply.status}`;
}

const before: Record<Kind, string> = { created: "unknown", changed: "off", deleted: "on" };
const after: Record<Kind, string> = { created: "on", changed: "on", deleted: "unknown" };

interface Journey {
  changed: number;
  run: ExportRun;
}

/** Three changes on the master, then one run of the exporter by its own schedule: all three steps look at this run. */
async function travel(proof: Verification): Promise<Journey> {
  const { namespace } = await ground(proof);
  for (const kind of ["created", "changed", "deleted"] as const) {
    const seen = await answer(proof, kind);
    if (seen !== before[kind]) throw new Error(`before the change, flipt-sidecar answers ${seen} for "${kind}"`);
  }
  const changed = Date.now();
  await createFlag(proof, namespace, "created", true);
  await proof.write("PUT", flagPath(namespace, "changed"), { name: "changed", enabled: true });
  await proof.write("DELETE", flagPath(namespace, "deleted"));
  const run = await proof.until<ExportRun>("a scheduled export", async () => {
    const found = (await proof.lab.exports()).find(({ scheduled, started }) => scheduled && started >= changed);
    return found ? { value: found } : { seen: "none has ended since the change" };
  });
  if (run.exit !== 0) throw new Error(`the scheduled export ended with exit code ${run.exit}: ${run.line}`);
  return { changed, run };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

function arrival(kind: Kind): Step {
  return {
    group: "replication",
    title: `a flag ${kind} on the master arrives by the exporter's own schedule`,
    seconds: ({ export: every, poll }) => every + 4 * poll + 75,
    async run(proof) {
      const { changed, run } = await proof.once("journey", () => travel(proof));
      await proof.until(`flag "${kind}" on flipt-sidecar`, async () => {
        const seen = await answer(proof, kind);
        return seen === after[kind] ? { value: true } : { seen: `${seen}, not ${after[kind]}` };
      });
      // Only the first of the three waits for the arrival itself.
      return kind === "created"
        ? `${seconds(Date.now() - changed)} after the change, ${seconds(Date.now() - run.ended)} after the export`
        : undefined;
    },
  };
}

function parity(kind: "variant" | "boolean"): Step {
  const type: Flag["type"] = kind === "variant" ? "VARIANT_FLAG_TYPE" : "BOOLEAN_FLAG_TYPE";
  return {
    group: "replication",
    title: `every ${kind} flag evaluates equally on master and sidecar`,
    seconds: polls(60),
    async run(proof) {
      const { master, sidecar } = proof.lab.addresses;
      await ground(proof);
      await proof.settle();
      const keys = await listNamespaces(master);
      const read = async (base: typeof master) => (await listAll(base, keys)).filter((flag) => flag.type === type);
      const [here, there] = await Promise.all([read(sidecar), read(master)]);
      insistOnAll("flipt-sidecar", here, there);
      insistOnAll("flipt-master", there, here);
      const questions = await questionsFor(master, there);
      const [copy, original] = await Promise.all([evaluateAll(sidecar, questions), evaluateAll(master, questions)]);
      const found = difference(copy, original);
      if (found) throw new Error(`sidecar against master: ${found}`);
      const flags = new Set(questions.map(({ namespaceKey, flagKey }) => `${namespaceKey}/${flagKey}`)).size;
      const asked = `${questions.length} evaluations of ${flags < there.length ? `${flags} of ` : ""}${there.length} flags`;
      return copy.nulls > original.nulls
        ? `${asked}; ${copy.nulls} without attachment, which is "null" on a sidecar and "" on a master`
        : asked;
    },
  };
}

/** @throws {Error} when an instance lacks one of the flags that another one has */
function insistOnAll(instance: string, has: { name: string }[], wants: { name: string }[]): void {
  const names = new Set(has.map(({ name }) => name));
  const lacking = wants.filter(({ name }) => !names.has(name));
  if (lacking[0])
    throw new Error(`${instance} lacks ${lacking.length} of ${wants.length} flags: "${lacking[0].name}", …`);
}

const namespaces: Step = {
  group: "replication",
  title: "the sidecar knows the master's namespaces and no other",
  seconds: polls(30),
  async run(proof) {
    await ground(proof);
    await proof.settle();
    const [here, there] = await Promise.all([
      listNamespaces(proof.lab.addresses.sidecar),
      listNamespaces(proof.lab.addresses.master),
    ]);
    if (here.sort().join() !== there.sort().join())
      throw new Error(`[${here}] on flipt-sidecar, [${there}] on flipt-master`);
    return `${there.length} namespaces`;
  },
};

export const replication: Step[] = [
  arrival("created"),
  arrival("changed"),
  arrival("deleted"),
  namespaces,
  parity("variant"),
  parity("boolean"),
];
