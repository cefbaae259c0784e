import { unreachable } from "../stop.ts";

/** One object of an answer, read field by field: a field that is absent or of another type ends the run with exit 3. */
export class Fields {
  readonly #record: Record<string, unknown>;
  readonly #where: string;

  /** @param where names the object in the error, for example `GET "…" flags` */
  constructor(value: unknown, where: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw unreachable(`${where}: no object`);
    this.#record = value as Record<string, unknown>;
    this.#where = where;
  }

  text(name: string): string {
    const found = this.#record[name];
    return typeof found === "string" ? found : this.#lacks(name, "text");
  }

  /** One of an enumeration's words. A master keeps a number that has none and answers it as it is: no sidecar loads it. */
  word(name: string): string {
    const found = this.#record[name];
    return typeof found === "number" ? String(found) : this.text(name);
  }

  number(name: string): number {
    const found = this.#record[name];
    return typeof found === "number" ? found : this.#lacks(name, "number");
  }

  boolean(name: string): boolean {
    const found = this.#record[name];
    return typeof found === "boolean" ? found : this.#lacks(name, "boolean");
  }

  texts(name: string): string[] {
    return this.#items(name).map((item) => (typeof item === "string" ? item : this.#lacks(name, "list of texts")));
  }

  list(name: string): Fields[] {
    return this.#items(name).map((item) => new Fields(item, this.#where));
  }

  /** An object that may be absent. */
  object(name: string): Fields | undefined {
    const found = this.#record[name];
    return found === undefined || found === null ? undefined : new Fields(found, this.#where);
  }

  /** Whatever is there. */
  raw(name: string): unknown {
    return this.#record[name];
  }

  #items(name: string): unknown[] {
    const found = this.#record[name];
    return Array.isArray(found) ? found : this.#lacks(name, "list");
  }

  #lacks(name: string, type: string): never {
    throw unreachable(`${this.#where}: no ${type} "${name}" in it, is FLIPT_URL the address of a Flipt v1.61?`);
  }
}
