import type { Location, Runtime } from "../driver.ts";
import { Docker } from "./docker.ts";
import { withLock } from "./lock.ts";
import { next } from "./running-profile.ts";

/** Describes what an interrupted command leaves, and the commands to continue or clean up. */
async function describeLeft(place: Location, env: NodeJS.ProcessEnv): Promise<string[]> {
  const left = await new Docker(env).list(place.profile).catch(() => ["Docker does not tell"]);
  return [
    `interrupted; left in Docker of minikube profile "${place.profile}": ${left.join(", ") || "nothing"}`,
    `  to go on:      ${next("up", place)}`,
    `  to remove it:  ${next("down", place)}`,
  ];
}

/**
 * Runs a command that brings a profile up, under the profile's lock.
 *
 * @param what the command's name, which a competing command shows
 * @throws {Fault} when another command holds the lock
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
