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
 * Returns the address that the holder of a profile's lock listens on. All minikubes that use the same Docker share it. On Linux
 * it is an abstract socket: the kernel frees it with the process, and containers on the host's network share it. Windows has
 * named pipes of that kind. Elsewhere it is a file, which a crash may leave behind.
 */
async function address(profile: string, env: NodeJS.ProcessEnv): Promise<string> {
  const daemon = (await new Docker(env).daemon()) ?? minikubeHome(env);
  const name = `flipt-sidecar-lab-${createHash("sha256")
    .update(JSON.stringify([daemon, profile]))
    .digest("hex")
    .slice(0, 32)}`;
  // Padded to the full length, since some versions of Node.js pad it.
  if (process.platform === "linux") return `\0${name.padEnd(107, "-")}`;
  return process.platform === "win32" ? `\\\\.\\pipe\\${name}` : join(tmpdir(), `${name}.sock`);
}

const listen = (server: Server, path: string): Promise<boolean> =>
  new Promise((resolve, reject) => {
    server.once("error", (error) => ("code" in error && error.code === "EADDRINUSE" ? resolve(false) : reject(error)));
    server.listen(path, () => resolve(true));
  });

/** Asks the lock's holder who it is. Returns undefined when the holder is gone. A busy holder may not answer. */
function ask(path: string): Promise<string | undefined> {
  const socket = connect(path);
  socket.setTimeout(2000, () => socket.destroy());
  return text(socket).catch(({ code }) => (["ECONNREFUSED", "ENOENT"].includes(code) ? undefined : "another command"));
}

/**
 * Takes the lock of a profile for a command that changes it.
 *
 * @param what the command's name, which a competing command shows
 * @returns a function that releases the lock
 * @throws {Fault} when another command holds the lock
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

/** Runs a function under the lock of a profile. */
export async function withLock<T>(
  profile: string,
  what: string,
  env: NodeJS.ProcessEnv,
  work: () => Promise<T>,
): Promise<T> {
  const release = await takeLock(profile, what, env);
  return work().finally(release);
}
