import { keyPattern } from "./config.ts";
import { Failure } from "./failure.ts";

export type BackendName = "sidecar" | "master";

/** One evaluation that somebody asks for. */
export interface Question {
  backend: BackendName | "both";
  namespaceKey: string;
  flagKey: string;
  entityId: string;
  context: Record<string, string>;
  /** Refuses a flag of the other type; both types are welcome when left out. */
  type?: "variant" | "boolean";
}

const fields = ["backend", "namespaceKey", "flagKey", "entityId", "context", "type"];
const backends: unknown[] = ["sidecar", "master", "both"];
const types: unknown[] = [undefined, "variant", "boolean"];

/** The backends that a question goes to. */
export const namesOf = ({ backend }: Question): BackendName[] =>
  backend === "both" ? ["sidecar", "master"] : [backend];

/**
 * Checks the body of `POST /api/evaluate`. `backend` is `sidecar`, `namespaceKey` is `default` and `context` is empty
 * when left out.
 *
 * @throws {Failure} `bad-request` with every complaint in one line
 */
export function question(body: unknown): Question {
  if (!isRecord(body)) throw new Failure("bad-request", "the body is not a JSON object: send {flagKey, entityId, …}");
  const { backend = "sidecar", namespaceKey = "default", flagKey, entityId, context = {}, type } = body;
  const complaints = Object.keys(body)
    .filter((name) => !fields.includes(name))
    .map((name) => `"${name}" is unknown (known: ${fields.join(", ")})`);
  const check = (fine: boolean, complaint: string) => fine || complaints.push(complaint);
  check(backends.includes(backend), `"backend" is not one of sidecar, master, both`);
  check(isKey(namespaceKey), `"namespaceKey" is not a key (letters, digits, - _ ,)`);
  check(isKey(flagKey), `"flagKey" is not a key (letters, digits, - _ ,)`);
  check(typeof entityId === "string" && entityId !== "", `"entityId" is not a text of at least one character`);
  check(types.includes(type), `"type" is not one of variant, boolean`);
  check(isContext(context), `"context" is not an object whose values are texts`);
  if (complaints.length > 0) throw new Failure("bad-request", complaints.join("; "));
  return { backend, namespaceKey, flagKey, entityId, context, ...(type ? { type } : {}) } as Question;
}

/**
 * Reads the question of `GET /evaluate/:namespace/:flag?entity=…&backend=…`; every other parameter is context.
 *
 * @throws {Failure} `bad-request` with every complaint in one line
 */
export function questionOfQuery(namespaceKey: string, flagKey: string, query: URLSearchParams): Question {
  const twice = [...new Set(query.keys())].filter((name) => query.getAll(name).length > 1);
  if (twice.length > 0) throw new Failure("bad-request", `given more than once: ${twice.join(", ")}`);
  const { entity, backend, ...context } = Object.fromEntries(query);
  if (!entity) throw new Failure("bad-request", `"entity" is missing: add ?entity=… to the address`);
  return question({ backend, namespaceKey, flagKey, entityId: entity, context });
}

/**
 * Checks a key that becomes part of a path.
 *
 * @throws {Failure} `bad-request`
 */
export function namespaceOf(key: string): string {
  if (isKey(key)) return key;
  throw new Failure("bad-request", `"${key}" is not a namespace key (letters, digits, - _ ,)`);
}

const isKey = (value: unknown): value is string => typeof value === "string" && keyPattern.test(value);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isContext = (value: unknown): value is Record<string, string> =>
  isRecord(value) && Object.values(value).every((entry) => typeof entry === "string");
