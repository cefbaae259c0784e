import { FliptClient } from "@flipt-io/flipt";
import { type Answer, readValue, type Value } from "./answer.ts";
import { type Asked, Failure, failure, line } from "./failure.ts";
import type { BackendName, Question } from "./question.ts";

interface Namespace {
  key: string;
  name: string;
}

interface Flag {
  key: string;
  name: string;
  description: string;
  enabled: boolean;
  type: "variant" | "boolean";
}

type Fields = Record<string, unknown>;

/** A field that is to be a text; empty where it is none. */
const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** One Flipt that can be asked. Every method throws a {@link Failure} and nothing else. */
export interface Backend {
  name: BackendName;
  url: string;
  /** Never throws: a failure is an answer, too. */
  evaluate(question: Question): Promise<Answer>;
  namespaces(): Promise<Namespace[]>;
  flags(namespaceKey: string): Promise<Flag[]>;
  /** On a sidecar: the time of its last successful load (recorded from v1.61.1). */
  updatedAt(): Promise<Date>;
  /**
   * The ETag of the namespace's snapshot; null where there is none. It moves with every write on a master, with every
   * new content on a sidecar, and the two cannot be compared (recorded from v1.61.1).
   *
   * @param known the ETag of the last time: an equal one is answered without a body
   */
  revision(namespaceKey: string, known?: string | null): Promise<string | null>;
}

/** A Flipt behind the official SDK; what the SDK lacks is read from the management API. */
export function backend(name: BackendName, url: string, timeoutMs: number): Backend {
  const asked: Asked = { backend: name, url, timeoutMs };
  // the SDK counts its timeout in seconds, and sends text/plain unless told otherwise
  const client = new FliptClient({ url, timeout: timeoutMs / 1000, headers: { "content-type": "application/json" } });

  const evaluate = async (question: Question): Promise<Answer> => {
    const begin = performance.now();
    const latencyMs = () => Math.round((performance.now() - begin) * 100) / 100;
    try {
      const { namespaceKey, flagKey, entityId, context } = question;
      const batch = await client.evaluation.batch({ requests: [{ namespaceKey, flagKey, entityId, context }] });
      const value = readValue(batch?.responses?.[0], `${name} "${url}"`, `${namespaceKey}/${flagKey}`);
      return { ...ofType(value, question, name), latencyMs: latencyMs() };
    } catch (error) {
      return { error: failure(error, asked), latencyMs: latencyMs() };
    }
  };

  const get = async (path: string): Promise<Fields> => {
    try {
      const response = await fetch(`${url}/api/v1/namespaces${path}`, { signal: AbortSignal.timeout(timeoutMs) });
      const body = ((await response.json()) ?? {}) as Fields;
      if (response.ok) return body;
      const kind = response.status === 404 ? "not-found" : "server-error";
      throw new Failure(kind, `${name} "${url}" answered ${response.status}: ${line(text(body.message))}`);
    } catch (error) {
      throw failure(error, asked);
    }
  };

  const revision = async (namespaceKey: string, known?: string | null): Promise<string | null> => {
    try {
      const address = `${url}/internal/v1/evaluation/snapshot/namespace/${namespaceKey}`;
      const headers = known ? { "if-none-match": known } : undefined;
      const response = await fetch(address, { headers, signal: AbortSignal.timeout(timeoutMs) });
      await response.body?.cancel(); // only the header is wanted
      return response.ok || response.status === 304 ? response.headers.get("etag") : null;
    } catch (error) {
      throw failure(error, asked);
    }
  };

  const list = async <T>(path: string, field: string, read: (entry: Fields) => T): Promise<T[]> => {
    const entries = (await get(path))[field];
    if (Array.isArray(entries)) return entries.map(read);
    throw new Failure("bad-answer", `${name} "${url}" answered JSON without a list of ${field}: is it a Flipt v1?`);
  };

  return {
    name,
    url,
    evaluate,
    revision,
    namespaces: () => list("", "namespaces", ({ key, name }) => ({ key: text(key), name: text(name) })),
    flags: (namespaceKey) => list(`/${namespaceKey}/flags`, "flags", flag),
    updatedAt: async () => {
      const time = new Date(text((await get("/default")).updatedAt));
      if (!Number.isNaN(time.getTime())) return time;
      throw new Failure("bad-answer", `${name} "${url}" answered a namespace without updatedAt: is it a Flipt v1?`);
    },
  };
}

function ofType(value: Value, { type = value.type, namespaceKey, flagKey }: Question, name: BackendName): Value {
  if (type === value.type) return value;
  const flag = `flag "${namespaceKey}/${flagKey}" on ${name}`;
  throw new Failure("wrong-type", `${flag} is a ${value.type} flag: ask for type "${value.type}", or for none`);
}

const flag = ({ key, name, description, enabled, type }: Fields): Flag => ({
  key: text(key),
  name: text(name),
  description: text(description),
  enabled: enabled === true,
  type: type === "BOOLEAN_FLAG_TYPE" ? "boolean" : "variant",
});
