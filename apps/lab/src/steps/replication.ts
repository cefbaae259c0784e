import { ask, flagPath, listNamespaces } from "../flipt.ts";
import type { ExportRun } from "../lab.ts";
import { difference, evaluateAll, flagKeys } from "./answers.ts";
import type { Proof } from "./proof.ts";
import { polls, type Step } from "./step.ts";

const namespace = "default";
type Kind = "created" | "changed" | "deleted";

const key = (proof: Proof, kind: Kind): string => `${proof.id}-${kind}`;

/** What the sidecar answers for one of the three flags: on, off, or that it does not know it. */
async function answer(proof: Proof, kind: Kind): Promise<string> {
  const body = { namespaceKey: namespace, flagKey: key(proof, kind), entityId: "e", context: {} };
  const reply = await ask(proof.lab.addresses.sidecar, "/evaluate/v1/boolean", { method: "POST", body });
  if (reply.status === 200) return (reply.body as { enabled: boolean }).enabled ? "on" : "off";
  return reply.status === 404 ? "unknown" : `status ${reply.status}`;
}

const before: Record<Kind, string> = { created: "unknown", changed: "off", deleted: "on" };
const after: Record<Kind, string> = { created: "on", changed: "on", deleted: "unknown" };

const create = (proof: Proof, kind: Kind, enabled: boolean) =>
  proof.write("POST", flagPath(namespace), {
    key: key(proof, kind),
    name: key(proof, kind),
    type: "BOOLEAN_FLAG_TYPE",
    enabled,
  });

interface Journey {
  changed: number;
  run: ExportRun;
}

/** Three changes on the master, then one run of the exporter by its own schedule: all three steps look at this run. */
async function travel(proof: Proof): Promise<Journey> {
  for (const kind of ["created", "changed", "deleted"] as const) {
    proof.undo(async () => {
      await proof.write("DELETE", flagPath(namespace, key(proof, kind)));
    });
  }
  await create(proof, "changed", false);
  await create(proof, "deleted", true);
  await proof.settle();
  for (const kind of ["created", "changed", "deleted"] as const) {
    const seen = await answer(proof, kind);
    if (seen !== before[kind])
      throw new Error(`before the change, flipt-sidecar answers ${seen} for "${key(proof, kind)}"`);
  }
  const changed = Date.now();
  await create(proof, "created", true);
  await proof.write("PUT", flagPath(namespace, key(proof, "changed")), { name: key(proof, "changed"), enabled: true });
  await proof.write("DELETE", flagPath(namespace, key(proof, "deleted")));
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
      await proof.until(`flag "${key(proof, kind)}" on flipt-sidecar`, async () => {
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

function parity(namespaceKey: string): Step {
  return {
    group: "replication",
    title: `every flag of namespace "${namespaceKey}" evaluates equally on master and sidecar`,
    seconds: polls(30),
    async run(proof) {
      const { master, sidecar } = proof.lab.addresses;
      await proof.settle();
      const [here, there] = await Promise.all([flagKeys(sidecar, namespaceKey), flagKeys(master, namespaceKey)]);
      if (here.join() !== there.join()) throw new Error(`flags [${here}] on flipt-sidecar, [${there}] on flipt-master`);
      if (there.length === 0) throw new Error(`flipt-master has no flag in "${namespaceKey}"; is the seed in?`);
      const [copy, original] = await Promise.all([
        evaluateAll(sidecar, namespaceKey, there),
        evaluateAll(master, namespaceKey, there),
      ]);
      const found = difference(copy, original);
      if (found) throw new Error(`sidecar against master: ${found}`);
      return `${original.length} evaluations of ${there.length} flags`;
    },
  };
}

const namespaces: Step = {
  group: "replication",
  title: "the sidecar knows the master's namespaces and no other",
  seconds: polls(30),
  async run(proof) {
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
  parity("default"),
  parity("production"),
];
