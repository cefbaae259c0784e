import type { Directory, File, Service, Socket } from "@dagger.io/dagger";
import { openCluster } from "./cluster.js";
import { connect } from "./docker.js";
import type { ImageName } from "./images.js";
import { type Machine, openMachine } from "./machine.js";
import type { Target } from "./target.js";
import type { Act } from "./toolbox.js";

/** Where a function looks: at this machine's minikube, or at a cluster that is there already. */
export interface Where {
  docker: Socket | undefined;
  kubeconfig: File | undefined;
  api: Service | undefined;
  namespace: string | undefined;
}

/** Opens this machine's minikube; images that Docker lacks are loaded. */
export const openMinikube = async (
  source: Directory,
  path: string,
  docker: Socket | undefined,
  act: Act,
  images: ImageName[] = [],
  namespace?: string,
): Promise<Machine> => openMachine(await connect(docker), source, { act, images, namespace, path });

/** Opens the place that was asked for. */
export async function open(
  source: Directory,
  path: string,
  { docker, kubeconfig, api, namespace }: Where,
  act: Act,
  images: ImageName[] = [],
): Promise<Target> {
  if (kubeconfig && api) return openCluster(source, kubeconfig, api, namespace);
  if (kubeconfig || api)
    throw new Error("half of a cluster: give both --kubeconfig FILE and --api tcp://127.0.0.1:PORT, or none of them");
  return openMinikube(source, path, docker, act, images, namespace);
}
