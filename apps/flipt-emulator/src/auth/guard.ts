import { randomBytes } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { AuthenticationConfig } from "../config.ts";
import { Fault } from "../fault.ts";
import type { Log } from "../log.ts";
import type { Authentication, Tokens } from "./tokens.ts";

/** Finds out who asks. */
export interface Guard {
  /** @throws {Fault} 401 for who has no token that is known; never where nobody needs one */
  admit(headers: IncomingHttpHeaders): void;
  /**
   * Who asks.
   *
   * @throws {Fault} 401 for who has no token that is known, and for everybody where nobody needs one (recorded)
   */
  identify(headers: IncomingHttpHeaders): Authentication;
}

/** Makes the first token where there is to be one, and the guard that asks for it. */
export function createGuard(
  { required, tokens: enabled, bootstrapToken }: AuthenticationConfig,
  tokens: Tokens,
  log: Log,
): Guard {
  if (enabled) bootstrap(bootstrapToken, tokens, log);
  const refuse = (reason: string): never => {
    log("ERROR", "unauthenticated", { reason });
    throw new Fault(16, "request was not authenticated");
  };
  const identify = (headers: IncomingHttpHeaders): Authentication => {
    const token = required && tokenOf(headers);
    if (!token) return refuse("authentication required");
    return tokens.find(token) ?? refuse("error retrieving authentication for client token");
  };
  return {
    identify,
    admit(headers) {
      if (required) identify(headers);
    },
  };
}

/** A random token can be known from the log only, as v1.61.1 tells it; one that somebody chose is not written there. */
function bootstrap(chosen: string | undefined, tokens: Tokens, log: Log): void {
  const token = chosen ?? randomBytes(32).toString("base64url");
  if (tokens.addFirst(token)) log("INFO", "access token created", chosen ? {} : { client_token: token });
}

const cookieName = "flipt_client_token";

/** The token of `Authorization: Bearer TOKEN`, spelled just so, or of the cookie (both recorded). */
function tokenOf({ authorization, cookie = "" }: IncomingHttpHeaders): string | undefined {
  if (authorization !== undefined) return /^Bearer (.+)$/.exec(authorization)?.[1];
  const pairs = cookie.split(";").map((pair) => pair.trim().split("="));
  return pairs.find(([name]) => name === cookieName)?.[1];
}
