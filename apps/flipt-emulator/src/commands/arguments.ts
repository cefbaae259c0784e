import { type ParseArgsConfig, parseArgs } from "node:util";

/**
 * The words of a command.
 *
 * @throws {Error} for what is no flag of it, in v1.61.1's words
 */
export function readArguments<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  args: string[],
  options: Options,
) {
  try {
    return parseArgs({ args, allowPositionals: true, options });
  } catch (error) {
    const { message } = error as Error;
    throw new Error(complaint(message, args) ?? message, { cause: error });
  }
}

function complaint(message: string, args: readonly string[]): string | undefined {
  const unknown = /^Unknown option '(-[^']*)'/.exec(message)?.[1];
  if (unknown?.startsWith("--")) return `unknown flag: ${unknown}`;
  if (unknown) return `unknown shorthand flag: '${unknown.slice(1)}' in ${wordOf(unknown, args)}`;
  const [, short, long] = /^Option '(?:-(\w), )?(--[\w-]+) <value>' argument missing/.exec(message) ?? [];
  if (long && !args.includes(long) && short)
    return `flag needs an argument: '${short}' in ${wordOf(`-${short}`, args)}`;
  if (long) return `flag needs an argument: ${long}`;
  const [, flag] = /^Option '(?:-\w, )?(--[\w-]+)' does not take an argument/.exec(message) ?? [];
  const value = args.find((word) => flag && word.startsWith(`${flag}=`))?.slice((flag?.length ?? 0) + 1);
  if (value === undefined) return undefined;
  return `invalid argument ${JSON.stringify(value)} for "${flag}" flag: strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`;
}

const wordOf = (letter: string, args: readonly string[]): string =>
  args.find((word) => /^-\w/.test(word) && word.includes(letter.slice(1))) ?? letter;
