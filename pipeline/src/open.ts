import type { Directory, File, Service, Socket } from "@dagger.io/dagger";
import { openCluster } from "./cluster.js";
import { connect } from "./docker.js";
import { type Machine, openMachine } from "./machine.js";
import { type Choice, imagesOf } from "./modes.js";
import type { Target } from "./target.js";
import type { Act } from "./toolbox.js";

/** The place that a function works on: the minikube of this machine, or an existing cluster. */
interface Where {
  docker: Socket | undefined;
  kubeconfig: File | undefined;
  api: Service | undefined;
  namespace: string | undefined;
}

/** Opens the minikube of this machine. It first loads the toolbox and the images of the choice that Docker lacks. */
export const openMinikube = async (
  source: Directory,
  path: string,
  docker: Socket | undefined,
  act: Act,
  choice?: Choice,
  namespace?: string,
): Promise<Machine> =>
  openMachine(await connect(docker), source, { act, images: choice ? imagesOf(choice) : [], namespace, path });

/**
 * Opens the place that the caller asks for.
 *
 * @throws {Error} when only one of kubeconfig and API server is given
 */
export async function open(
  source: Directory,
  path: string,
  { docker, kubeconfig, api, namespace }: Where,
  act: Act,
  choice?: Choice,
): Promise<Target> {
  if (kubeconfig && api) return openCluster(source, kubeconfig, api, namespace);
  if (kubeconfig || api)
    throw new Error("half of a cluster: give both --kubeconfig FILE and --api tcp://127.0.0.1:PORT, or none of them");
  return openMinikube(source, path, docker, act, choice, namespace);
}
