import { createServer } from "node:net";

/** Returns a TCP port if nothing listens on it, else undefined. For port 0, it returns any free port. */
function isFree(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(address && typeof address === "object" ? address.port : undefined));
    });
  });
}

/**
 * Chooses the wanted port if it is free, else any free one.
 *
 * @param taken the ports that are already assigned; the chosen one is added
 * @throws {Error} when the address cannot be listened on at all
 */
export async function choosePort(wanted: number, host: string, taken: Set<number>): Promise<number> {
  const port = (!taken.has(wanted) && (await isFree(wanted, host))) || (await isFree(0, host));
  if (!port) throw new Error(`cannot listen on ${host}: is it an address of this machine?`);
  taken.add(port);
  return port;
}
