import http from "node:http";
import https from "node:https";
import type { Basis } from "../basis.ts";
import { misconfigured, refuse, type Stop, unreachable } from "../stop.ts";
import { lanes } from "./lanes.ts";
import { SnapshotReader } from "./snapshot.ts";

const AT_ONCE = 8;
// v1.61.1 on SQLite builds snapshots one after the other, 2 to 7 ms a flag: eight at once would all be late
const SNAPSHOTS_AT_ONCE = 2;
const REQUEST_MS = 10_000;
const LONGEST_ANSWER = 64 * 1024 * 1024;

// older ones are shown neither constraints on the entity's id nor default variants
const CLIENT = { "x-flipt-accept-server-version": "1.61.1" };

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
}

/** A namespace's snapshot; what the master evaluates is left out where it has not changed. */
interface Snapshot {
  /** Undefined where the master names none: the namespace was never written to. */
  etag: string | undefined;
  basis?: Basis;
}

export interface Master {
  url: URL;
  requests: number;
  /** The body of a 200, as JSON. */
  json(path: string): Promise<unknown>;
  /** @param known an ETag: while it is the namespace's, the snapshot costs next to nothing and has no basis */
  snapshot(namespace: string, known?: string): Promise<Snapshot>;
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
  const at = (path: string): URL => new URL(`${url.pathname.replace(/\/$/, "")}${path}`, url);
  const get = (path: string, headers: Record<string, string> = {}, take?: Take): Promise<Answer> =>
    lane(async () => {
      signal.throwIfAborted();
      master.requests += 1;
      const address = at(path);
      const answer = await exchange(address, { agent, signal, headers: { ...headers, ...authorization } }, take);
      if (answer.status !== 200 && answer.status !== 304) throw refused(address, answer);
      return answer;
    });
  const master: Master = {
    url,
    requests: 0,
    async json(path) {
      const answer = await get(path);
      try {
        return JSON.parse(answer.text);
      } catch (error) {
        throw unreachable(`GET "${new URL(path, url)}": answer of ${answer.text.length} characters is not JSON`, error);
      }
    },
    async snapshot(namespace, known) {
      const path = `/internal/v1/evaluation/snapshot/namespace/${encodeURIComponent(namespace)}`;
      const reader = new SnapshotReader(`GET "${at(path)}"`);
      const condition: Record<string, string> = known ? { "if-none-match": known } : {};
      const answer = await snapshotLane(() => get(path, { ...CLIENT, ...condition }, (chunk) => reader.push(chunk)));
      if (answer.status === 304) return { etag: known };
      return { etag: answer.headers.etag, basis: reader.end() };
    },
  };
  return master;
}

/** Takes the body of a 200 piece by piece. */
type Take = (chunk: Buffer) => void;

function exchange(address: URL, options: http.RequestOptions, take?: Take): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = (address.protocol === "https:" ? https : http).get(address, options);
    const timer = setTimeout(() => request.destroy(slow(address, request)), REQUEST_MS);
    const fail = (error: Error): void => {
      clearTimeout(timer);
      reject(options.signal?.aborted ? options.signal.reason : "exit" in error ? error : silent(address, error));
    };
    const taken = (chunk: Buffer): void => {
      try {
        take?.(chunk);
      } catch (error) {
        request.destroy(error as Error);
      }
    };
    request.once("error", fail).once("response", (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on("data", (chunk: Buffer) => {
        if (take && response.statusCode === 200) return taken(chunk);
        length += chunk.length;
        chunks.push(chunk);
        if (length > LONGEST_ANSWER)
          request.destroy(unreachable(`GET "${address}": answer is longer than ${LONGEST_ANSWER} bytes`));
      });
      response.once("error", fail).once("end", () => {
        clearTimeout(timer);
        const text = Buffer.concat(chunks).toString("utf8");
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
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

function refused(address: URL, { status, headers, text }: Answer): Stop {
  const line = `GET "${address}": ${status} ${http.STATUS_CODES[status] ?? ""}`.trim();
  if (status === 401 || status === 403)
    return misconfigured(`${line}: set FLIPT_TOKEN to a token that the master knows`);
  const said = /^\{.*"message":\s*"((?:[^"\\]|\\.){1,200})"/.exec(text)?.[1];
  const told = said ? `${line}: ${said}` : line;
  if (status === 429 || status === 503)
    return unreachable(`${told}, the master is overloaded: run again ${pause(headers["retry-after"])}`);
  if (said) return unreachable(told, status);
  return unreachable(`${line}, ${status >= 500 ? "is the master up?" : "is FLIPT_URL the address of a Flipt v1?"}`);
}

/** What `Retry-After` says: seconds or a date. */
function pause(after = ""): string {
  if (/^\d{1,9}$/.test(after)) return `in ${after} s`;
  return Number.isNaN(Date.parse(after)) ? "later" : `after ${new Date(after).toISOString()}`;
}
