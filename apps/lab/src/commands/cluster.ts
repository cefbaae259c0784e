import type { Command } from "commander";
import type { Settings, Surroundings } from "../drivers/driver.ts";
import { type ClusterName, clusterNames, findCluster } from "../drivers/index.ts";
import { oneOf } from "../options.ts";
import type { Screen } from "../report/screen.ts";

/** What the options of these commands come to. */
interface ClusterOptions extends Settings {
  on: ClusterName;
  component: string[];
}

/** How the program's own options and surroundings get into these commands. */
export interface Wiring {
  result: Screen;
  surroundings: Surroundings;
  /** Adds the options that say which profile. */
  place(command: Command): Command;
  /** Adds those that say how big a profile is. */
  machine(command: Command): Command;
  /** Adds those that say what a lab is to be. */
  content(command: Command): Command;
}

/** `lab cluster …`: the parts of `lab up` that concern the cluster alone, each for itself. */
export function addCluster(program: Command, { result, surroundings, place, machine, content }: Wiring): void {
  const cluster = program
    .command("cluster")
    .description("the parts of up and down that concern a ring's own cluster, each for itself")
    .addHelpText("after", "\nExample: lab cluster start --on minikube --memory 4g");
  const command = (name: string, description: string): Command =>
    place(
      cluster
        .command(name)
        .description(description)
        .option("--on <ring>", "the ring: minikube", oneOf(clusterNames), "minikube" as const),
    );
  machine(command("start", "start the cluster, or find it running; a half-started one is removed first")).action(
    async (options: ClusterOptions) => (await findCluster(options.on)).start(options, surroundings),
  );
  content(command("load", "bring the images of a mode into the cluster, those that the local Docker has")).action(
    async ({ component, ...options }: ClusterOptions) =>
      (await findCluster(options.on)).load({ ...options, components: component }, surroundings),
  );
  command("kubeconfig", "print the cluster's kubeconfig, certificates in it").action(async (options: ClusterOptions) =>
    result.print((await (await findCluster(options.on)).kubeconfig(options, surroundings)).trimEnd()),
  );
  command("delete", "remove the cluster, also a half-started one, and all that came with it").action(
    async (options: ClusterOptions) => (await findCluster(options.on)).remove(options, surroundings),
  );
}
