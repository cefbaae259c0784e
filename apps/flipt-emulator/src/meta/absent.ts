import { Fault } from "../fault.ts";
import type { Route } from "../http/route.ts";

/** What v1.61.1 answers for parts that are off: login methods, all disabled, and analytics without a store (recorded). */
export function absentRoutes(): Route[] {
  const refuse = (path: string, operation: Route["operation"], fault: () => Fault): Route => {
    return {
      method: "GET",
      path,
      operation,
      handle: () => {
        throw fault();
      },
    };
  };
  const analytics = "/internal/v1/analytics/namespaces/:namespaceKey/flags/:flagKey";
  return [
    {
      method: "GET",
      path: "/auth/v1/method",
      operation: ["flipt.auth.PublicAuthenticationService", "ListAuthenticationMethods"],
      handle: () => ({ body: { methods } }),
    },
    refuse("/auth/v1/self", ["flipt.auth.AuthenticationService", "GetAuthenticationSelf"], () => {
      return new Fault(16, "request was not authenticated");
    }),
    refuse(analytics, ["flipt.analytics.AnalyticsService", "GetFlagEvaluationsCount"], () => {
      return new Fault(12, "service flipt.analytics.AnalyticsService not implemented");
    }),
  ];
}

const method = (name: string, sessionCompatible: boolean, metadata?: object): object => {
  return { method: `METHOD_${name}`, enabled: false, sessionCompatible, ...(metadata && { metadata }) };
};

const github = {
  authorize_url: "/auth/v1/method/github/authorize",
  callback_url: "/auth/v1/method/github/callback",
};

const methods = [
  method("TOKEN", false),
  method("GITHUB", true, github),
  method("OIDC", true, { providers: {} }),
  method("KUBERNETES", false),
  method("JWT", false),
];
