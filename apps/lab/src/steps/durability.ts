import type { Stoppable } from "../lab.ts";
import { fingerprint } from "./fingerprint.ts";
import { ground } from "./fixtures.ts";
import { polls, type Step } from "./step.ts";
import type { Verification } from "./verification.ts";

function survives(part: Stoppable, title: string, read: (proof: Verification) => Promise<string>): Step {
  return {
    group: "durability",
    title,
    ...(part === "store" && { needs: "stop-store" as const }),
    seconds: polls(60),
    async run(proof) {
      await ground(proof);
      const before = await read(proof);
      await proof.stop(part);
      await proof.start(part);
      const after = await read(proof);
      if (after !== before)
        throw new Error(
          `the ${part} holds another state after its restart: ${after.length} characters, before ${before.length}`,
        );
      return undefined;
    },
  };
}

export const durability: Step[] = [
  survives("flipt-master", "a restart of the master loses nothing", ({ lab }) => fingerprint(lab.addresses.master)),
  survives("store", "a restart of the store loses nothing", async (proof) =>
    (await proof.publication()).bytes.toString(),
  ),
  survives("flipt-sidecar", "a restart of the sidecar loses nothing", ({ lab }) => fingerprint(lab.addresses.sidecar)),
];
