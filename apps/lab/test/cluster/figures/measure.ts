import { listOurs } from "../../../src/drivers/kubernetes/cluster/objects.ts";
import type { ModeName } from "../../../src/modes.ts";
import { lab, type Somewhere } from "./lab.ts";
import { Memory } from "./memory.ts";
import { compare, countVolumes, takePrints } from "./objects.ts";
import { press } from "./pressure.ts";
import { type Figure, judge } from "./table.ts";

export interface Task extends Somewhere {
  components: string[];
  /** Says what is going on. */
  progress(line: string): void;
}

/** From nothing to the first flag, and once more. */
async function measureUp(task: Task, mode: ModeName): Promise<Figure[]> {
  const { cluster, components } = task;
  const words = ["up", "--mode", mode, ...components.flatMap((name) => ["--component", name])];
  const first = await lab(task, words);
  const before = await takePrints(cluster);
  const second = await lab(task, words);
  const { created, deleted, generations, contents } = compare(before, await takePrints(cluster));
  const count = (what: string, seen: number): Figure =>
    judge(`second up: ${what}`, mode, seen, 0, "", ` of ${before.size} objects`);
  return [
    judge("up, warm, from nothing to the sidecar's first flag", mode, first.until("✓ flipt-sidecar"), 60, " s"),
    judge("second up", mode, second.seconds, 5, " s"),
    count("created", created),
    count("deleted", deleted),
    count("changed metadata.generation", generations),
    count("changed content where there is no generation", contents),
  ];
}

async function measureMemory({ cluster, progress }: Task, mode: ModeName, memory: Memory): Promise<Figure[]> {
  const { counted, exports } = await press(cluster);
  await memory.stop();
  for (const { url, asked, failed, faults } of counted.counts)
    progress(`${mode}: ${url}: ${asked} asked in ${counted.seconds.toFixed(0)} s, ${failed} failed ${faults}`);
  progress(`${mode}: ${exports} exports`);
  const [evaluations] = counted.counts;
  const rate = Math.round((evaluations?.asked ?? 0) / counted.seconds);
  const failed = counted.counts.reduce((sum, each) => sum + each.failed, 0);
  const note = ` of ${evaluations?.asked} (${rate}/s), ${exports} exports`;
  return [judge("failed evaluations under load", mode, failed, 0, "", note), ...memory.figures(mode)];
}

async function measureVerify(task: Task, mode: ModeName): Promise<Figure[]> {
  const added = task.components.flatMap((name) => ["--component", name]);
  const words = ["verify", "--mode", mode, "--output", "json", ...added];
  const { stdout, seconds } = await lab(task, words, [0, 1]);
  const { passed, failed } = JSON.parse(stdout) as { passed: number; failed: number };
  return [
    judge("verify", mode, seconds, 300, " s"),
    judge("verify: failed", mode, passed > 0 ? failed : Number.NaN, 0, "", `, ${passed} passed`),
  ];
}

async function measureDown(task: Task, mode: ModeName): Promise<Figure[]> {
  const { cluster } = task;
  const had = await countVolumes(cluster);
  await lab(task, ["down"]);
  return [
    judge("down: objects left", mode, (await listOurs(cluster)).length, 0),
    judge("down: volumes left", mode, await countVolumes(cluster), 0, "", ` of ${had}`),
  ];
}

/** All figures of a mode; the lab is made and removed. */
export async function measure(task: Task, mode: ModeName): Promise<Figure[]> {
  const memory = new Memory(task.cluster);
  const parts: [string, () => Promise<Figure[]>][] = [
    ["up", () => measureUp(task, mode)],
    ["memory under load", () => measureMemory(task, mode, memory)],
    ["verify", () => measureVerify(task, mode)],
    ["down", () => measureDown(task, mode)],
  ];
  const figures: Figure[] = [];
  for (const [title, run] of parts) {
    task.progress(`${mode}: ${title} …`);
    figures.push(...(await run()));
  }
  return figures;
}
