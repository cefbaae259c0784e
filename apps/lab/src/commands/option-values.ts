import { InvalidArgumentError } from "commander";
import { oneLine } from "../fault.ts";
import { type ModeName, modeNames } from "../modes.ts";

/** Seconds of a duration as people write it: `5s`, `2m`, or a bare number of seconds. */
export function duration(text: string): number {
  const [, number, unit = "s"] = text.match(/^(\d+(?:\.\d+)?)(ms|s|m)?$/) ?? [];
  const seconds = Number(number) * { ms: 0.001, s: 1, m: 60 }[unit as "ms" | "s" | "m"];
  if (!(seconds > 0)) throw new InvalidArgumentError(`expected a duration such as 5s or 1m, got "${text}"`);
  return seconds;
}

/** A whole number above nothing. */
export function count(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError(`expected a number such as 2, got "${text}"`);
  return Number(text);
}

/** The name of a minikube profile, by minikube's rule: one that it refuses it would leave behind as a broken profile. */
export function profileName(text: string): string {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9-]+$/.test(text))
    throw new InvalidArgumentError(`expected letters, digits and dashes, at least two, got "${text}"`);
  return text;
}

/** One of a list of words. */
export const oneOf =
  <T extends string>(words: readonly T[]) =>
  (text: string): T => {
    const word = words.find((candidate) => candidate === text);
    if (!word)
      throw new InvalidArgumentError(`expected ${words.map((each) => `"${each}"`).join(" or ")}, got "${text}"`);
    return word;
  };

export const modeName: (text: string) => ModeName = oneOf(modeNames);

/** A regular expression that filters steps. */
export function pattern(text: string): RegExp {
  try {
    return new RegExp(text, "i");
  } catch (error) {
    throw new InvalidArgumentError(oneLine(error));
  }
}

/** The values of an option that may be repeated. */
export const collect = (text: string, earlier: string[]): string[] => [...earlier, text];

/** The values of an option that may be repeated, each one of a list of words. */
export const collectOf =
  <T extends string>(words: readonly T[]) =>
  (text: string, earlier: T[]): T[] => [...earlier, oneOf(words)(text)];
