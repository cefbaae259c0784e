import { Listr } from "listr2";
import type { Task } from "../drivers/driver.ts";
import type { Screen } from "./screen.ts";

/**
 * Runs the parts of a start in order and shows each: live on a terminal, a line each elsewhere.
 *
 * @throws whatever a part throws; the rest is not tried
 */
export async function runTasks(starts: Task[], screen: Screen, signal: AbortSignal): Promise<void> {
  if (!screen.isTerminal) {
    for (const { title, run } of starts) {
      signal.throwIfAborted();
      screen.print(`✓ ${title.padEnd(18)} ${await run((line) => screen.print(`  • ${line}`))}`);
    }
    return;
  }
  const list = starts.map(({ title, run }) => ({
    title,
    task: async (_: unknown, task: { title: string; output: string }) => {
      signal.throwIfAborted();
      task.title = `${title.padEnd(18)} ${await run((line) => {
        task.output = line;
      })}`;
    },
  }));
  await new Listr(list, { registerSignalListeners: false, rendererOptions: { showErrorMessage: false } }).run();
}
