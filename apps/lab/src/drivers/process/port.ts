import { createServer } from "node:net";

/** Whether nothing listens on a TCP port of an address. */
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
 * The wanted port if it is free, else any free one.
 *
 * @param taken ports that are promised to somebody already
 * @throws {Error} when the address cannot be listened on at all
 */
export async function choosePort(wanted: number, host: string, taken: Set<number>): Promise<number> {
  const port = (!taken.has(wanted) && (await isFree(wanted, host))) || (await isFree(0, host));
  if (!port) throw new Error(`cannot listen on ${host}: is it an address of this machine?`);
  taken.add(port);
  return port;
}
