import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { Fault } from "../../fault.ts";
import { Docker } from "./docker.ts";
import { minikubeHome } from "./record.ts";

/**
 * Where the holder of a lock listens: of the profile in this Docker, whichever minikube knows it. On Linux it is a name without a
 * file: the system gives it back with the process, however that ends, and containers on the host's network share it. Windows has
 * pipes of that kind; elsewhere it is a file, which may be left.
 */
async function address(profile: string, env: NodeJS.ProcessEnv): Promise<string> {
  const daemon = (await new Docker(env).daemon()) ?? minikubeHome(env);
  const name = `flipt-sidecar-lab-${createHash("sha256")
    .update(JSON.stringify([daemon, profile]))
    .digest("hex")
    .slice(0, 32)}`;
  // Of full length, since some versions of Node fill it up.
  if (process.platform === "linux") return `\0${name.padEnd(107, "-")}`;
  return process.platform === "win32" ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

const listen = (server: Server, path: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    server.once("error", (error) => ("code" in error && error.code === "EADDRINUSE" ? resolve(false) : reject(error)));
    server.listen(path, () => resolve(true));
  });

/** What the holder says of itself; undefined when there is none any more. One that is busy may say nothing. */
function ask(path: string): Promise<string | undefined> {
  const socket = connect(path);
  socket.setTimeout(2000, () => socket.destroy());
  return text(socket).catch(({ code }) => (["ECONNREFUSED", "ENOENT"].includes(code) ? undefined : "another command"));
}

/**
 * Takes a profile for a command that changes it.
 *
 * @param what the command, for who comes second
 * @returns what gives it back
 * @throws {Fault} when another command has it
 */
export async function takeLock(profile: string, what: string, env: NodeJS.ProcessEnv): Promise<() => void> {
  const path = await address(profile, env);
  const line = `"lab ${what}" (process ${process.pid}, since ${new Date().toLocaleTimeString("en-GB")})`;
  for (;;) {
    const server = createServer((socket) => socket.on("error", () => {}).end(line));
    if (await listen(server, path)) return () => server.close();
    const holder = await ask(path);
    if (holder)
      throw new Fault(
        2,
        `minikube profile "${profile}" is being changed by ${holder}; wait for its end, or end it with Ctrl-C`,
      );
    if (process.platform === "darwin") await rm(path, { force: true });
  }
}

/** Runs what changes a profile, while nothing else does. */
export async function withLock<T>(
  profile: string,
  what: string,
  env: NodeJS.ProcessEnv,
  work: () => Promise<T>,
): Promise<T> {
  const release = await takeLock(profile, what, env);
  return work().finally(release);
}
