import { createServer, type Server, type Socket } from "node:net";
import { PassThrough } from "node:stream";
import { PortForward, type V1Pod } from "@kubernetes/client-node";
import { apiLine, type Cluster } from "../cluster/connect.ts";

/** Ranks a pod as a target: 2 for a ready pod, 1 for a running one, 0 for one that takes no connections. */
const rank = ({ metadata, status }: V1Pod): number => {
  if (metadata?.deletionTimestamp || status?.phase === "Succeeded" || status?.phase === "Failed") return 0;
  if (status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True")) return 2;
  return status?.containerStatuses || status?.initContainerStatuses ? 1 : 0;
};

/**
 * Forwards a local port to a port of a Service's pod, like `kubectl port-forward svc/NAME`. Each connection looks up the pod
 * anew, so that the forward outlives pods.
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
      // The client only sees its connection close: there is no way to send it the reason.
      socket.on("error", () => socket.destroy());
      join(cluster, service, port, socket).catch(() => socket.destroy());
    });
    return forward;
  }

  /** Closes the open connections. After a restart of the pod they lead nowhere. */
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
  // The kubelet reports here that nothing listens on the port, or that the pod is gone.
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
