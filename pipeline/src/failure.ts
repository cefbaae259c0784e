/** The fields of Dagger's ExecError. A module cannot import that class. */
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

/** Whether a line only names a folder of the toolbox, which the user's machine does not have. */
const isPath = (line: string): boolean => /^[^:]*: \/state\/\S*$/.test(line);

const withoutPath = (line: string): string =>
  line
    .split("; ")
    .filter((part, at) => at === 0 || !isPath(part))
    .join("; ");

/** Returns the line of a command's output that tells why it failed: the message of lab or docker, else the last line. */
export function reason(stdout: string, stderr: string): string {
  const said = lines(stderr);
  for (const speaker of ["lab: ", "docker: "]) {
    const line = said.filter((each) => each.startsWith(speaker)).pop();
    if (line) return withoutPath(line.slice(speaker.length));
  }
  const reported = lines(stdout).filter((line) => !isPath(line));
  return reported.pop() ?? said.pop() ?? "it said nothing";
}

/** Returns why something failed, in one line. */
export function why(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name !== "ExecError") return lines(error.message)[0] ?? error.name;
  const { exitCode, stdout, stderr } = error as Error & ExecFailure;
  return `${reason(stdout, stderr)} (exit ${exitCode})`;
}

/**
 * Runs a step. A failure becomes one line that says what failed, why, and what to do.
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
