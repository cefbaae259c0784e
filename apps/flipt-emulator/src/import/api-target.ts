import { once } from "node:events";
import type { IncomingMessage, RequestOptions } from "node:http";
import { text as readStream } from "node:stream/consumers";
import type { FlagInput } from "../master/flags.ts";
import type { Target } from "./target.ts";

const codes: Record<number, string> = {
  3: "InvalidArgument",
  5: "NotFound",
  7: "PermissionDenied",
  12: "Unimplemented",
  13: "Internal",
  16: "Unauthenticated",
};

class Refused extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(`rpc error: code = ${codes[code] ?? "Unknown"} desc = ${message}`);
    this.code = code;
  }
}

interface Refusal {
  code?: number;
  message?: string;
}

/**
 * Writes through the API of a running instance, which checks each request.
 *
 * @throws {Error} for another protocol than http and https
 */
export function openApiTarget(address: string, token: string | undefined): Target {
  const protocol = /^([a-z]+):\/\//.exec(address)?.[1] ?? "";
  if (protocol !== "http" && protocol !== "https") throw new Error(`unexpected protocol ${protocol}`);
  const request = caller(address.replace(/\/+$/, ""), token);
  const post = (path: string, body: object) => request("POST", path, body);
  const at = (namespaceKey: string, ...path: string[]): string =>
    ["/api/v1/namespaces", ...[namespaceKey, ...path].map(encodeURIComponent)].join("/");
  const keys = async (namespaceKey: string, list: string): Promise<Set<string>> => {
    const answer = (await request("GET", at(namespaceKey, list))) as Record<string, { key: string }[]>;
    return new Set(answer[list]?.map(({ key }) => key));
  };
  return {
    async drop() {
      const { namespaces } = (await request("GET", "/api/v1/namespaces")) as { namespaces: { key: string }[] };
      for (const { key } of namespaces) await request("DELETE", `${at(key)}?force=true`);
      await post("/api/v1/namespaces", { key: "default", name: "Default", description: "Default namespace" });
    },
    async hasNamespace(key) {
      try {
        await request("GET", at(key));
        return true;
      } catch (error) {
        if (error instanceof Refused && error.code === 5) return false;
        throw error;
      }
    },
    createNamespace: (namespace) => post("/api/v1/namespaces", namespace),
    flagKeys: (key) => keys(key, "flags"),
    segmentKeys: (key) => keys(key, "segments"),
    createFlag: (key, flag) => post(at(key, "flags"), flag),
    createVariant: (key, flagKey, variant) =>
      post(at(key, "flags", flagKey, "variants"), variant) as Promise<{ id: string }>,
    setDefaultVariant: (key, { key: flagKey, ...flag }: FlagInput, defaultVariantId) =>
      request("PUT", at(key, "flags", flagKey), { ...flag, defaultVariantId }),
    createSegment: (key, segment) => post(at(key, "segments"), segment),
    createConstraint: (key, segmentKey, constraint) => post(at(key, "segments", segmentKey, "constraints"), constraint),
    createRule: (key, flagKey, rule) => post(at(key, "flags", flagKey, "rules"), rule) as Promise<{ id: string }>,
    createDistribution: ({ namespaceKey, flagKey, ruleId }, distribution) =>
      post(at(namespaceKey, "flags", flagKey, "rules", ruleId, "distributions"), distribution),
    createRollout: (key, flagKey, rollout) => post(at(key, "flags", flagKey, "rollouts"), rollout),
    close() {},
  };
}

type Caller = (method: string, path: string, body?: object) => Promise<unknown>;

function caller(base: string, token: string | undefined): Caller {
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
