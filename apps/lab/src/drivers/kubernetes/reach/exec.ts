import { Readable, Writable } from "node:stream";
import { Exec, type V1Status } from "@kubernetes/client-node";
import { oneLine } from "../../../fault.ts";
import type { Cluster } from "../cluster/connect.ts";

/** The exit code and the output of a command in a container. */
export interface Output {
  code: number;
  out: Buffer;
  err: string;
}

/**
 * Runs a command in a container of a pod.
 *
 * @param input the command's standard input; the command never sees the end of it
 * @throws {Error} when the connection ends before the command does
 */
export async function execute(
  { config, namespace }: Cluster,
  { pod, container }: { pod: string; container: string },
  command: string[],
  input?: string,
): Promise<Output> {
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  const into = (chunks: Buffer[]) =>
    new Writable({
      write(chunk, _, done) {
        chunks.push(chunk);
        done();
      },
    });
  const stdin = input === undefined ? null : Readable.from([Buffer.from(input)]);
  const status = await new Promise<V1Status>((resolve, reject) => {
    new Exec(config)
      .exec(namespace, pod, container, command, into(out), into(err), stdin, false, resolve)
      .then((socket) => {
        socket.onclose = () => reject(new Error("the connection ended before the command did"));
      }, reject);
  }).catch((error) => {
    throw new Error(`no command runs in pod "${pod}", container "${container}": ${oneLine(error)}`);
  });
  const code = status.status === "Success" ? 0 : Number(status.details?.causes?.[0]?.message ?? 1);
  return { code, out: Buffer.concat(out), err: Buffer.concat(err).toString().trim() };
}
