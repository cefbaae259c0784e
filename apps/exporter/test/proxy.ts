import http from "node:http";
import type { AddressInfo } from "node:net";

export interface Seen {
  method: string;
  path: string;
  headers: http.IncomingHttpHeaders;
  /** Of the server behind. */
  status: number;
}

export interface Reply {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

/** Gives an answer on, as it is or worse. */
export type Treatment = (response: http.ServerResponse, reply: Reply) => void;

export interface Relay {
  url: string;
  seen: Seen[];
  /** The largest number of requests that were open at the same time. */
  mostAtOnce: number;
  /** Picks the treatment of an answer; undefined gives it on as it is. May wait. */
  treat: (seen: Seen, index: number) => Treatment | undefined | Promise<Treatment | undefined>;
  /** Forgets what was seen and treats nothing. */
  reset(): void;
  stop(): Promise<void>;
}

export const asItIs: Treatment = (response, { status, headers, body }) => {
  const { connection: _, "transfer-encoding": __, ...rest } = headers;
  // an answer to HEAD tells the length of a body that it does not have
  const measured = status !== 304 && response.req.method !== "HEAD";
  response.writeHead(status, { ...rest, ...(measured && { "content-length": body.length }) }).end(body);
};

/** Stands between a client and a server of 127.0.0.1: counts, and spoils answers on demand. */
export async function startProxy(target: string): Promise<Relay> {
  const agent = new http.Agent({ keepAlive: true });
  let open = 0;
  const server = http.createServer(async (request, response) => {
    open += 1;
    proxy.mostAtOnce = Math.max(proxy.mostAtOnce, open);
    response.once("close", () => {
      open -= 1;
    });
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method = "", url = "", headers } = request;
    const reply = await forward(target, agent, { method, url, headers }, Buffer.concat(chunks)).catch(() => undefined);
    if (!reply) return void response.destroy();
    const seen = { method, path: url, headers, status: reply.status };
    const index = proxy.seen.push(seen) - 1;
    const treatment = (await proxy.treat(seen, index)) ?? asItIs;
    treatment(response, reply);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: Relay = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen: [],
    mostAtOnce: 0,
    treat: () => undefined,
    reset() {
      Object.assign(proxy, { seen: [], mostAtOnce: 0, treat: () => undefined });
    },
    async stop() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

type Request = { method: string; url: string; headers: http.IncomingHttpHeaders };

function forward(target: string, agent: http.Agent, { method, url, headers }: Request, body: Buffer): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = http.request(`${target}${url}`, { method, headers, agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.once("error", reject).once("end", () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    request.once("error", reject).end(body);
  });
}
