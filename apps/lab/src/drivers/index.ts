import type { Driver } from "./driver.ts";

/** The rings. What a ring needs is loaded only when it is asked for; a further one is one more row here. */
const table = {
  process: async () => (await import("./process/ring.ts")).ring,
  kubernetes: async () => (await import("./kubernetes/ring.ts")).ring,
} satisfies Record<string, () => Promise<Driver>>;

export type RingName = keyof typeof table;

export const ringNames = Object.keys(table) as RingName[];

export const findDriver = (name: RingName): Promise<Driver> => table[name]();
