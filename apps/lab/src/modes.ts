/** How the copy of the master's state travels. A further mode is one more row here. */
export interface Mode {
  name: string;
  /** What the copy lies in, for people. */
  storage: string;
  /** Whether an object store runs beside the lab. */
  store: boolean;
  /** Seconds between two polls of the sidecar. */
  pollSeconds: number;
  /** Set when Flipt v1.61.1 offers no setting for it. */
  pollIsFixed: boolean;
}

const table = {
  local: { storage: "a volume", store: false, pollSeconds: 30, pollIsFixed: true },
  "object-store": { storage: "a bucket", store: true, pollSeconds: 5, pollIsFixed: false },
} as const;

export type ModeName = keyof typeof table;

export const modeNames = Object.keys(table) as ModeName[];

/** @throws {Error} for a name that is no mode */
export function mode(name: string): Mode & { name: ModeName } {
  const known = modeNames.find((candidate) => candidate === name);
  if (!known) throw new Error(`unknown mode "${name}": expected ${modeNames.map((each) => `"${each}"`).join(" or ")}`);
  return { name: known, ...table[known] };
}
