import { createHash, randomUUID } from "node:crypto";
import { rfc3339 } from "../master/clock.ts";

/** Whom a token stands for, as `/auth/v1/self` tells it. */
export interface Authentication {
  id: string;
  createdAt: string;
}

/** The tokens of an instance. Only their hashes are kept. */
export interface Tokens {
  /** Whom a token stands for; undefined when nobody gave it out. */
  find(token: string): Authentication | undefined;
  /** Whom tokens stand for, in the order they were given out. */
  list(): readonly Authentication[];
  /**
   * Gives out the first token of all, and nothing where there is one already: another bootstrap token in the
   * configuration of an instance that has a database is ignored (recorded from v1.61.1).
   *
   * @returns whether it was given out
   */
  addFirst(token: string): boolean;
}

export const hashOf = (token: string): string => createHash("sha256").update(token).digest("hex");

export const newAuthentication = (): Authentication => ({ id: randomUUID(), createdAt: rfc3339(Date.now() * 1000) });

/** Tokens of an instance without a database of its own: they last as long as it runs. */
export function createTokens(): Tokens {
  const known = new Map<string, Authentication>();
  return {
    find: (token) => known.get(hashOf(token)),
    list: () => [...known.values()],
    addFirst(token) {
      if (known.size > 0) return false;
      known.set(hashOf(token), newAuthentication());
      return true;
    },
  };
}
