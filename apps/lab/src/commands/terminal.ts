import type { Runtime } from "../drivers/driver.ts";
import type { Screen } from "../report/screen.ts";

/** What a command line gives to its commands. */
export interface Terminal {
  /** For what was asked for: stdout. */
  result: Screen;
  /** For how it goes: stderr. */
  progress: Screen;
  env: NodeJS.ProcessEnv;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
  /** Sets the exit code. */
  exit(code: number): void;
}

/** The terminal as a ring sees it. */
export const surroundings = ({ env, signal }: Terminal, screen: Screen): Runtime => ({ env, signal, screen });
