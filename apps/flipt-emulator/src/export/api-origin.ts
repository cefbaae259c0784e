import type { Flag, FlagState, Namespace, Rollout, Rule, Segment } from "../model.ts";
import { namespacePath, openCaller } from "../remote/caller.ts";
import type { Origin } from "./origin.ts";

/**
 * Reads through the API of a running instance.
 *
 * @throws {Error} for another protocol than http and https
 */
export function openApiOrigin(address: string, token: string | undefined): Origin {
  const call = openCaller(address, token);
  const list = async <Item>(path: string, name: string): Promise<Item[]> =>
    ((await call("GET", path)) as Record<string, Item[]>)[name] ?? [];
  const stateOf = async (namespaceKey: string, flag: Flag): Promise<FlagState> => ({
    flag,
    rules: await list<Rule>(namespacePath(namespaceKey, "flags", flag.key, "rules"), "rules"),
    rollouts: await list<Rollout>(namespacePath(namespaceKey, "flags", flag.key, "rollouts"), "rules"),
  });
  return {
    namespaces: () => list<Namespace>("/api/v1/namespaces", "namespaces"),
    namespace: async (key) => (await call("GET", `${namespacePath(key)}?reference=`)) as Namespace,
    async content(key) {
      const flags: FlagState[] = [];
      for (const flag of await list<Flag>(namespacePath(key, "flags"), "flags")) flags.push(await stateOf(key, flag));
      return { flags, segments: await list<Segment>(namespacePath(key, "segments"), "segments") };
    },
    close() {},
  };
}
