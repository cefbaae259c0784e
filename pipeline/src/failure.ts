/** What Dagger throws for a command that failed. Its class cannot be imported by a module. */
interface ExecFailure {
  exitCode: number;
  stdout: string;
  stderr: string;
}

const lines = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

/** A folder of the toolbox is nowhere on the user's machine. */
const isPath = (line: string): boolean => /^[^:]*: \/state\/\S*$/.test(line);

const withoutPath = (line: string): string =>
  line
    .split("; ")
    .filter((part, at) => at === 0 || !isPath(part))
    .join("; ");

/** The one line of a command's output that tells why it failed: what lab or docker say of it, else a report's last line. */
export function reason(stdout: string, stderr: string): string {
  const said = lines(stderr);
  for (const speaker of ["lab: ", "docker: "]) {
    const line = said.filter((each) => each.startsWith(speaker)).pop();
    if (line) return withoutPath(line.slice(speaker.length));
  }
  const reported = lines(stdout).filter((line) => !isPath(line));
  return reported.pop() ?? said.pop() ?? "it said nothing";
}

/** Why something failed, in one line. */
export function why(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name !== "ExecError") return lines(error.message)[0] ?? error.name;
  const { exitCode, stdout, stderr } = error as Error & ExecFailure;
  return `${reason(stdout, stderr)} (exit ${exitCode})`;
}

/**
 * Runs a step; its failure becomes one line: what failed, why, what to do.
 *
 * @param next what the user can do about it
 */
export async function step<T>(what: string, next: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new Error(`${what} failed: ${why(error)}; ${next}`);
  }
}
