import type { Observer, Result } from "../steps/run.ts";
import type { Screen } from "./screen.ts";

const marks = { passed: "✓", failed: "✗", "not provable": "–" };

/** Shows steps while they run: the running one on a terminal, each result everywhere. */
export function observeSteps(screen: Screen): Observer {
  let group = "";
  let lastDetail = "";
  let timer: NodeJS.Timeout | undefined;
  return {
    begins(step) {
      if (step.group !== group) screen.print(step.group);
      group = step.group;
      const started = Date.now();
      const show = (): void => screen.update(`  • ${step.title} … ${Math.round((Date.now() - started) / 1000)} s`);
      show();
      timer = setInterval(show, 1000).unref();
    },
    ends({ outcome, title, seconds, detail }) {
      clearInterval(timer);
      screen.print(`  ${marks[outcome]} ${title}${outcome === "not provable" ? "" : ` (${seconds.toFixed(1)} s)`}`);
      // One reason for many steps is told once.
      if (detail && !(outcome === "not provable" && detail === lastDetail)) screen.print(`      ${detail}`);
      lastDetail = detail;
    },
  };
}

export interface Counts {
  passed: number;
  failed: number;
  unprovable: number;
}

export function count(results: Result[]): Counts {
  const of = (outcome: Result["outcome"]): number => results.filter((result) => result.outcome === outcome).length;
  return { passed: of("passed"), failed: of("failed"), unprovable: of("not provable") };
}

/** Which facts are false, and what was seen instead. */
export function nameFalse(results: Result[], mode: string): string {
  const failed = results.filter(({ outcome }) => outcome === "failed");
  return `mode ${mode} NOT verified, false is: ${failed.map(({ title, detail }) => `"${title}"${detail && ` (${detail})`}`).join("; ")}`;
}

/** The last line. */
export function summarise({ passed, failed, unprovable }: Counts, mode: string): string {
  const verdict = failed > 0 ? "NOT verified" : "verified";
  return `mode ${mode} ${verdict}: ${passed} passed, ${failed} failed, ${unprovable} not provable here`;
}
