import { Command } from "commander";
import type { Settings } from "../drivers/driver.ts";
import { type ClusterName, clusterNames, findCluster } from "../drivers/index.ts";
import { oneOf } from "./option-values.ts";
import { define, shared } from "./options.ts";
import { surroundings, type Terminal } from "./terminal.ts";

interface Options extends Settings {
  on: ClusterName;
  component: string[];
}

/** `lab cluster …`: the parts of `lab up` that concern the cluster alone. */
export function clusterCommand(terminal: Terminal): Command {
  const around = surroundings(terminal, terminal.result);
  const command = (name: string, description: string, options = shared.profile): Command =>
    define(name, description, options).option("--on <ring>", "the ring: minikube", oneOf(clusterNames), "minikube");
  const start = command("start", "start the cluster, or find it running", [...shared.profile, ...shared.machine]);
  const load = command("load", "bring the images of a mode into the cluster, those that the local Docker has", [
    ...shared.profile,
    ...shared.content,
  ]);
  const kubeconfig = command("kubeconfig", "print the cluster's kubeconfig, certificates in it");
  const remove = command("delete", "remove the cluster, also a half-started one, and all that came with it");
  return new Command("cluster")
    .description("the parts of up and down that concern a ring's own cluster, each for itself")
    .addHelpText("after", "\nExample: lab cluster start --on minikube --memory 4g")
    .addCommand(start.action(async (options: Options) => (await findCluster(options.on)).start(options, around)))
    .addCommand(
      load.action(async ({ component, ...options }: Options) =>
        (await findCluster(options.on)).load({ ...options, components: component }, around),
      ),
    )
    .addCommand(
      kubeconfig.action(async (options: Options) =>
        terminal.result.print((await (await findCluster(options.on)).kubeconfig(options, around)).trimEnd()),
      ),
    )
    .addCommand(remove.action(async (options: Options) => (await findCluster(options.on)).remove(options, around)));
}
