import { Fault } from "../fault.ts";
import type { Route } from "../http/route.ts";

/** What v1.61.1 answers for analytics without a store, also to who has no token (recorded). */
export const absentRoutes = (): Route[] => [
  {
    method: "GET",
    path: "/internal/v1/analytics/namespaces/:namespaceKey/flags/:flagKey",
    operation: ["flipt.analytics.AnalyticsService", "GetFlagEvaluationsCount"],
    open: true,
    handle: () => {
      throw new Fault(12, "service flipt.analytics.AnalyticsService not implemented");
    },
  },
];
