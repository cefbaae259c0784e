import type { AuthenticationConfig } from "../config.ts";
import type { Route } from "../http/route.ts";
import type { Guard } from "./guard.ts";
import type { Authentication, Tokens } from "./tokens.ts";

/** Which ways of authentication there are, who asks, and the first token; no others can be made, and none revoked. */
export const authRoutes = ({ tokens: enabled }: AuthenticationConfig, guard: Guard, tokens: Tokens): Route[] => [
  {
    method: "GET",
    path: "/auth/v1/method",
    operation: ["flipt.auth.PublicAuthenticationService", "ListAuthenticationMethods"],
    open: true,
    handle: () => ({ body: { methods: methods(enabled) } }),
  },
  {
    method: "GET",
    path: "/auth/v1/self",
    operation: ["flipt.auth.AuthenticationService", "GetAuthenticationSelf"],
    // its handler refuses by itself, also where tokens are not required
    open: true,
    handle: ({ headers }) => ({ body: authenticationBody(guard.identify(headers)) }),
  },
  {
    method: "GET",
    path: "/auth/v1/tokens",
    operation: ["flipt.auth.AuthenticationService", "ListAuthentications"],
    handle: () => ({ body: { authentications: tokens.list().map(authenticationBody), nextPageToken: "" } }),
  },
];

const authenticationBody = ({ id, createdAt }: Authentication): object => {
  return { id, method: "METHOD_TOKEN", createdAt, updatedAt: createdAt, metadata };
};

/** Of the first token (recorded from v1.61.1); there are no others. */
const metadata = {
  "io.flipt.auth.token.description": "Initial token created when bootstrapping authentication",
  "io.flipt.auth.token.name": "initial_bootstrap_token",
};

const method = (name: string, enabled: boolean, sessionCompatible: boolean, metadata?: object): object => {
  return { method: `METHOD_${name}`, enabled, sessionCompatible, ...(metadata && { metadata }) };
};

const github = {
  authorize_url: "/auth/v1/method/github/authorize",
  callback_url: "/auth/v1/method/github/callback",
};

const methods = (tokens: boolean): object[] => [
  method("TOKEN", tokens, false),
  method("GITHUB", false, true, github),
  method("OIDC", false, true, { providers: {} }),
  method("KUBERNETES", false, false),
  method("JWT", false, false),
];
