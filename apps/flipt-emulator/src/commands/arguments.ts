import { type ParseArgsConfig, parseArgs } from "node:util";

/**
 * The words of a command.
 *
 * @throws {Error} for an unknown flag, in v1.61.1's words
 */
export function readArguments<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  args: string[],
  options: Options,
) {
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    const unknown = /^Unknown option '(-[^']*)'/.exec((error as Error).message)?.[1];
    throw unknown === undefined ? error : new Error(`unknown flag: ${unknown}`, { cause: error });
  }
}
