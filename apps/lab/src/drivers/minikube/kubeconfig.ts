import { Fault } from "../../fault.ts";
import type { Location, Runtime } from "../driver.ts";
import { run } from "./command.ts";
import { squeeze } from "./events.ts";
import { Minikube } from "./minikube.ts";
import { insistOnRunning } from "./running-profile.ts";

/** Returns a kubeconfig for the profile alone, with embedded certificates. */
export async function readKubeconfig(place: Location, surroundings: Runtime): Promise<string> {
  await insistOnRunning(place, surroundings);
  const { env } = new Minikube(place, surroundings.env);
  const words = ["config", "view", "--minify", "--flatten", "--raw", "--context", place.profile];
  const { code, stdout, stderr } = await run("kubectl", words, { env, signal: surroundings.signal });
  if (code === 0) return stdout;
  throw new Fault(2, `kubectl config view failed (exit ${code}): ${squeeze(stderr)}`);
}
