import type { Location, Runtime } from "../driver.ts";
import { Docker } from "./docker.ts";
import { withLock } from "./lock.ts";
import { next } from "./running-profile.ts";

/** What a command leaves that was interrupted, and what to type. */
async function describeLeft(place: Location, env: NodeJS.ProcessEnv): Promise<string[]> {
  const left = await new Docker(env).list(place.profile).catch(() => ["Docker does not tell"]);
  return [
    `interrupted; left in Docker of minikube profile "${place.profile}": ${left.join(", ") || "nothing"}`,
    `  to go on:      ${next("up", place)}`,
    `  to remove it:  ${next("down", place)}`,
  ];
}

/**
 * Runs a command that brings a profile up, while no other one changes it.
 *
 * @param what the command, for who comes second
 * @throws {Fault} when another command is at work
 */
export const changing = (
  place: Location,
  what: string,
  { env, screen, signal }: Runtime,
  work: () => Promise<void>,
): Promise<void> =>
  withLock(place.profile, what, env, async () => {
    try {
      await work();
    } catch (error) {
      if (signal.aborted) screen.print(...(await describeLeft(place, env)));
      throw error;
    }
  });
