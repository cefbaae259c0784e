import { writeFile } from "node:fs/promises";
import type { Testbed } from "../../bench/testbed.ts";
import type { Runtime, Settings } from "../driver.ts";
import { finish } from "./exporter-run.ts";
import { generate, serveEmpty } from "./load-process.ts";
import { describeMachine } from "./machine.ts";
import { openThrowaway, type ThrowawayLab } from "./throwaway.ts";
import { readUsages } from "./usage.ts";

/** Flipt writes each rule and each distribution separately, which takes minutes for thousands on a slow disk. */
const importMs = 600_000;

/** Imports a document into the running master with `flipt import`. */
async function importDocument({ supervisor: { plan } }: ThrowawayLab, document: string): Promise<void> {
  const { home, flipt, addresses } = plan;
  const file = home.in("import.yml");
  await writeFile(file, document);
  const command = [...flipt.command, "import", "--address", addresses.master, file];
  const { exit, stdout, stderr } = await finish(command, {}, home.log("flipt-master"), home, undefined, importMs);
  if (exit !== 0) throw new Error(`flipt-master refused an import: ${`${stdout}${stderr}`.trim().split("\n").at(-1)}`);
}

/** Starts a throwaway lab on free ports, and the empty server next to it. */
export async function openTestbed(settings: Settings, surroundings: Runtime): Promise<Testbed> {
  const { signal } = surroundings;
  const began = performance.now();
  const own = await openThrowaway(settings, surroundings);
  const upSeconds = (performance.now() - began) / 1000;
  const empty = await serveEmpty(signal).catch(async (error) => {
    await own.close();
    throw error;
  });
  const { lab, supervisor } = own;
  return {
    lab,
    upSeconds,
    machine: describeMachine(),
    servers: { sidecar: lab.addresses.sidecar, master: lab.addresses.master, empty: empty.url },
    generate: (plan) => generate(plan, signal),
    import: (document) => importDocument(own, document),
    usage: () => readUsages(supervisor.ledger),
    usageEveryMs: 100,
    async close() {
      await empty.stop();
      await own.close();
    },
  };
}
