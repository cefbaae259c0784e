import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

/** What happens to one request: it is cut before or after it has reached the other server, answered by nobody but us, or passed on. */
export type Fate = "pass" | "cut before" | "cut after" | "swallow";

export interface Tampering {
  url: string;
  close(): Promise<void>;
}

/**
 * A server before another one, which passes requests on as long as nobody interferes.
 *
 * @param decide what happens to a request
 */
export async function tamper(
  target: string,
  decide: (asked: { method: string; path: string }) => Fate | Promise<Fate>,
): Promise<Tampering> {
  const read = async (request: IncomingMessage): Promise<string> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };
  const server = createServer(async (request, response) => {
    const { method = "GET", url: path = "/", headers } = request;
    const body = await read(request);
    const fate = await decide({ method, path });
    if (fate === "cut before") return void response.destroy();
    if (fate === "swallow") return void response.end("{}");
    const passed = await fetch(`${target}${path}`, {
      method,
      body: body || undefined,
      headers: { "content-type": headers["content-type"] ?? "application/json" },
    }).catch(() => undefined);
    if (!passed || fate === "cut after") return void response.destroy();
    response.writeHead(passed.status, { "content-type": "application/json" }).end(await passed.text());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
