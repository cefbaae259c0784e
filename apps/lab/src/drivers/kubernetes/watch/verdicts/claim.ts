import type { State } from "../informers.ts";
import { eventsOf, graceSeconds, since, type Verdict } from "./verdict.ts";

/** Finds a claim that no provisioner can bind. A claim that waits for its first consumer does not count. */
export function judgeClaim({ claims, events, now }: State): Verdict | undefined {
  for (const { metadata, status } of claims) {
    if (status?.phase !== "Pending" || since(now, metadata?.creationTimestamp) < graceSeconds.unbound) continue;
    const told = eventsOf(events, metadata?.uid);
    if (told.some(({ reason }) => reason === "WaitForFirstConsumer")) continue;
    const failed = told.find(({ reason }) => reason === "FailedBinding" || reason === "ProvisioningFailed");
    if (!failed) continue;
    return {
      object: `claim "${metadata?.name}"`,
      reason: `no volume can be had: ${failed.message} (${failed.reason})`,
      next: "get storageclass",
    };
  }
  return undefined;
}
