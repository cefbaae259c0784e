import type { FlagInput } from "../master/flags.ts";
import { namespacePath, openCaller, Refused } from "../remote/caller.ts";
import type { Target } from "./target.ts";

/**
 * Writes through the API of a running instance, which checks each request.
 *
 * @throws {Error} for another protocol than http and https
 */
export function openApiTarget(address: string, token: string | undefined): Target {
  const request = openCaller(address, token);
  const post = (path: string, body: object) => request("POST", path, body);
  const at = namespacePath;
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
