import http from "node:http";
import https from "node:https";
import { misconfigured, refuse, type Stop, unreachable } from "../stop.ts";
import { lanes } from "./lanes.ts";

const AT_ONCE = 8;
// v1.61.1 on SQLite builds snapshots one after the other, 2 to 7 ms a flag: eight at once would all be late
const SNAPSHOTS_AT_ONCE = 2;
const REQUEST_MS = 10_000;
const LONGEST_ANSWER = 64 * 1024 * 1024;

interface Answer {
  status: number;
  etag: string | undefined;
  text: string;
}

export interface Master {
  url: URL;
  requests: number;
  /** The body of a 200, as JSON. */
  json(path: string): Promise<unknown>;
  /** A snapshot's ETag; `known` itself after a 304, undefined where the master names none. */
  etag(namespace: string, known?: string): Promise<string | undefined>;
}

interface Options {
  url: URL;
  token?: string;
  /** Ends every request, also those that wait. */
  signal: AbortSignal;
}

/** A master's management API over a few kept connections. No request is made yet. */
export function connect({ url, token, signal }: Options): Master {
  const { Agent } = url.protocol === "https:" ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  signal.addEventListener("abort", () => agent.destroy(), { once: true });
  const lane = lanes(AT_ONCE);
  const snapshotLane = lanes(SNAPSHOTS_AT_ONCE);
  const authorization: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
  const get = (path: string, headers: Record<string, string>, keep: boolean): Promise<Answer> =>
    lane(async () => {
      signal.throwIfAborted();
      master.requests += 1;
      const address = new URL(`${url.pathname.replace(/\/$/, "")}${path}`, url);
      const answer = await exchange(address, { agent, signal, headers: { ...headers, ...authorization } }, keep);
      if (answer.status !== 200 && answer.status !== 304) throw refused(address, answer);
      return answer;
    });
  const master: Master = {
    url,
    requests: 0,
    async json(path) {
      const answer = await get(path, {}, true);
      try {
        return JSON.parse(answer.text);
      } catch (error) {
        throw unreachable(`GET "${new URL(path, url)}": answer of ${answer.text.length} characters is not JSON`, error);
      }
    },
    async etag(namespace, known) {
      const path = `/internal/v1/evaluation/snapshot/namespace/${encodeURIComponent(namespace)}`;
      const headers: Record<string, string> = known ? { "if-none-match": known } : {};
      const answer = await snapshotLane(() => get(path, headers, false));
      return answer.status === 304 ? known : answer.etag;
    },
  };
  return master;
}

function exchange(address: URL, options: http.RequestOptions, keep: boolean): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = (address.protocol === "https:" ? https : http).get(address, options);
    const timer = setTimeout(() => request.destroy(slow(address, request)), REQUEST_MS);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(options.signal?.aborted ? options.signal.reason : "exit" in error ? error : silent(address, error));
    };
    request.once("error", fail).once("response", (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on("data", (chunk: Buffer) => {
        length += chunk.length;
        if (!keep) return;
        chunks.push(chunk);
        if (length > LONGEST_ANSWER)
          request.destroy(unreachable(`GET "${address}": answer is longer than ${LONGEST_ANSWER} bytes`));
      });
      response.once("error", fail).once("end", () => {
        clearTimeout(timer);
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? 0, etag: response.headers.etag, text });
      });
    });
  });
}

function slow(address: URL, request: http.ClientRequest): Stop {
  if (!request.socket || request.socket.connecting)
    return unreachable(`GET "${address}": no connection after 10s, is the master up?`);
  return refuse("bounded", `GET "${address}": not answered in full after 10s, is the master overloaded?`);
}

function silent(address: URL, error: Error & { code?: string }): Stop {
  return unreachable(`GET "${address}": ${error.code ?? error.message}, is the master up?`, error);
}

function refused(address: URL, { status, text }: Answer): Stop {
  const line = `GET "${address}": ${status} ${http.STATUS_CODES[status] ?? ""}`.trim();
  if (status === 401 || status === 403)
    return misconfigured(`${line}: set FLIPT_TOKEN to a token that the master knows`);
  const said = /^\{.*"message":\s*"((?:[^"\\]|\\.){1,200})"/.exec(text)?.[1];
  return unreachable(said ? `${line}: ${said}` : `${line}, is FLIPT_URL the address of a Flipt v1?`);
}
