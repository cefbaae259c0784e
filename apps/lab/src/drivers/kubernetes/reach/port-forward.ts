import { createServer, type Server, type Socket } from "node:net";
import { PassThrough } from "node:stream";
import { PortForward, type V1Pod } from "@kubernetes/client-node";
import { apiLine, type Cluster } from "../cluster/connect.ts";

/** Whether a pod takes connections: ready ones are preferred, but a running one may be asked too. */
const rank = ({ metadata, status }: V1Pod): number => {
  if (metadata?.deletionTimestamp || status?.phase === "Succeeded" || status?.phase === "Failed") return 0;
  if (status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True")) return 2;
  return status?.containerStatuses || status?.initContainerStatuses ? 1 : 0;
};

/**
 * A local port that leads to a port of a Service's pod, as `kubectl port-forward svc/NAME` does; but each connection looks
 * for the pod anew, so that it outlives pods.
 */
export class Forward {
  readonly url: string;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  private constructor(server: Server, port: number) {
    this.server = server;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async open(cluster: Cluster, service: string, port: number): Promise<Forward> {
    const server = createServer({ allowHalfOpen: true });
    await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const forward = new Forward(server, address && typeof address === "object" ? address.port : 0);
    server.on("connection", (socket) => {
      forward.sockets.add(socket);
      socket.once("close", () => forward.sockets.delete(socket));
      // Whoever connected sees his connection end; why does not fit into it.
      socket.on("error", () => socket.destroy());
      join(cluster, service, port, socket).catch(() => socket.destroy());
    });
    return forward;
  }

  /** Ends the connections that are open: after a restart they lead nowhere. */
  reset(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  close(): void {
    this.server.close();
    this.reset();
  }
}

/** @throws {Error} when no pod of the Service runs */
async function findTarget({ core, namespace }: Cluster, name: string, port: number) {
  const { spec } = await core.readNamespacedService({ name, namespace });
  const labelSelector = Object.entries(spec?.selector ?? {})
    .map(([label, value]) => `${label}=${value}`)
    .join(",");
  const { items } = await core.listNamespacedPod({ namespace, labelSelector });
  const [pod] = items.filter(rank).sort((a, b) => rank(b) - rank(a));
  if (!pod?.metadata?.name) throw new Error(`no pod of service "${name}" runs`);
  const target = spec?.ports?.find((each) => each.port === port)?.targetPort;
  return { pod: pod.metadata.name, port: typeof target === "number" ? target : port };
}

async function join(cluster: Cluster, service: string, port: number, socket: Socket): Promise<void> {
  const target = await findTarget(cluster, service, port).catch((error) => {
    throw new Error(apiLine(error));
  });
  const errors = new PassThrough();
  // The kubelet tells here that nothing listens, or that the pod is gone.
  errors.on("data", (chunk: Buffer) => chunk.length > 0 && socket.destroy());
  const output = new PassThrough();
  output.pipe(socket);
  const forward = new PortForward(cluster.config);
  const peer = await forward.portForward(cluster.namespace, target.pod, [target.port], output, errors, socket);
  if (typeof peer === "function") throw new Error("a connection without retries was asked for");
  peer.onclose = () => {
    output.end();
    socket.destroySoon();
  };
  peer.onerror = () => socket.destroy();
  socket.once("close", () => peer.close());
}
