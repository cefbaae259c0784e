import { unreachable } from "../stop.ts";

/** One object of an answer, read field by field: a field that is absent or of another type ends the run. */
export interface Fields {
  text(name: string): string;
  number(name: string): number;
  boolean(name: string): boolean;
  list(name: string): Fields[];
  texts(name: string): string[];
  /** An object that may be absent. */
  object(name: string): Fields | undefined;
  raw(name: string): unknown;
}

/** @param where names the object in the error, for example `GET "…": flags[3]` */
export function fields(value: unknown, where: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw unreachable(`${where} is no object`);
  const record = value as Record<string, unknown>;
  const fail = (name: string, type: string) =>
    unreachable(`${where} has no ${type} "${name}", is FLIPT_URL a Flipt v1.61?`);
  const list = (name: string): unknown[] => {
    const found = record[name];
    if (!Array.isArray(found)) throw fail(name, "list");
    return found;
  };
  return {
    text(name) {
      const found = record[name];
      if (typeof found !== "string") throw fail(name, "text");
      return found;
    },
    number(name) {
      const found = record[name];
      if (typeof found !== "number") throw fail(name, "number");
      return found;
    },
    boolean(name) {
      const found = record[name];
      if (typeof found !== "boolean") throw fail(name, "boolean");
      return found;
    },
    list: (name) => list(name).map((item, index) => fields(item, `${where} ${name}[${index}]`)),
    texts: (name) =>
      list(name).map((item) => {
        if (typeof item !== "string") throw fail(name, "list of texts");
        return item;
      }),
    object: (name) =>
      record[name] === undefined || record[name] === null ? undefined : fields(record[name], `${where} ${name}`),
    raw: (name) => record[name],
  };
}
