const words = new Map<string, boolean>([
  ...["1", "t", "T", "true", "TRUE", "True"].map((word) => [word, true] as const),
  ...["0", "f", "F", "false", "FALSE", "False"].map((word) => [word, false] as const),
]);

/** A truth value as Go's `strconv.ParseBool` reads it. */
export const parseBoolean = (text: string): boolean | undefined => words.get(text);
