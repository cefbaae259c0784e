import { once } from "node:events";
import type { IncomingMessage, RequestOptions } from "node:http";
import { text as readStream } from "node:stream/consumers";
import { nameOf } from "../fault.ts";

/** What an instance refuses, in the words of its command line. */
export class Refused extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(`rpc error: code = ${nameOf(code)} desc = ${message}`);
    this.code = code;
  }
}

interface Refusal {
  code?: number;
  message?: string;
}

/** Sends a request and returns the answer's body. */
export type Caller = (method: string, path: string, body?: object) => Promise<unknown>;

/**
 * Calls a running instance.
 *
 * @throws {Error} for another protocol than http and https; the caller throws `Refused` and, for who does not answer, one line
 */
export function openCaller(address: string, token: string | undefined): Caller {
  const protocol = /^([a-z]+):\/\//.exec(address)?.[1] ?? "";
  if (protocol === "") throw new Error(`address is invalid: ${JSON.stringify(address)} has no protocol`);
  if (protocol !== "http" && protocol !== "https") throw new Error(`unexpected protocol ${protocol}`);
  const base = address.replace(/\/+$/, "");
  const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
  return async (method, path, body) => {
    const url = base + path;
    const { status, text } = await exchange(url, { method, headers }, body && JSON.stringify(body)).catch((error) => {
      throw new Error(`${method[0]}${method.slice(1).toLowerCase()} "${url}": ${unreachable(error)}`, { cause: error });
    });
    if (status < 300) return JSON.parse(text);
    throw refused(status, text);
  };
}

/** Not `fetch`, which refuses some ports. */
async function exchange(url: string, options: RequestOptions, body = ""): Promise<{ status: number; text: string }> {
  const { request } = url.startsWith("https:") ? await import("node:https") : await import("node:http");
  const sent = request(url, options);
  sent.end(body);
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, text: await readStream(answer) };
}

function refused(status: number, text: string): Error {
  try {
    const { code, message }: Refusal = JSON.parse(text);
    if (code !== undefined && message !== undefined) return new Refused(code, message);
  } catch {
    // a proxy's page, say: its status is what can be told
  }
  return new Error(`unexpected answer ${status}`);
}

function unreachable(error: NodeJS.ErrnoException & { address?: string; port?: number }): string {
  const { code, address, port, message } = error;
  return code === "ECONNREFUSED" ? `dial tcp ${address}:${port}: connect: connection refused` : message;
}

/** A path of the management API below a namespace. */
export const namespacePath = (namespaceKey: string, ...path: string[]): string =>
  ["/api/v1/namespaces", ...[namespaceKey, ...path].map(encodeURIComponent)].join("/");
