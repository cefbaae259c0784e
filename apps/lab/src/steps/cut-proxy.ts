import { createServer, type IncomingMessage } from "node:http";

/**
 * A server that asks another one and cuts each answer off after some bytes, as a master does that dies while it answers.
 *
 * @param bytes how many bytes of each body pass
 */
export async function startCutProxy(target: string, bytes: number): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(async ({ url = "/", method, headers }: IncomingMessage, response) => {
    const passed = new Headers();
    for (const name of ["if-none-match", "authorization"]) {
      const value = headers[name];
      if (typeof value === "string") passed.set(name, value);
    }
    const answer = await fetch(new URL(url, target), { method: method ?? "GET", headers: passed }).catch(
      () => undefined,
    );
    const body = Buffer.from((await answer?.arrayBuffer()) ?? new ArrayBuffer());
    response.writeHead(answer?.status ?? 502, { "content-type": "application/json", "content-length": body.length });
    response.write(body.subarray(0, bytes));
    response.socket?.end();
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${address && typeof address === "object" ? address.port : 0}`, close };
}
