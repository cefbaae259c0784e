import type { Cluster } from "../cluster/connect.ts";

const limitBytes = 65_536;

/** Reads the end of a container's log. */
export const readLog = (
  { core, namespace }: Cluster,
  name: string,
  { container, previous = false }: { container: string; previous?: boolean },
): Promise<string> =>
  core
    .readNamespacedPodLog({ name, namespace, container, previous, tailLines: 2000 })
    .then((text) => (text ?? "").slice(-limitBytes));

/** Returns the last line that is not blank, cut to 300 characters. */
export const lastLine = (text: string): string => text.trimEnd().split("\n").at(-1)?.trim().slice(0, 300) ?? "";
