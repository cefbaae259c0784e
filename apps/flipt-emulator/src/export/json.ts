import { byBytes } from "../order.ts";
import { type Block, isMap } from "./block.ts";

/** One line of JSON as Go writes it: maps sorted, `<`, `>`, `&` escaped. */
export const writeJson = (document: Block): string =>
  `${JSON.stringify(document, (_, value: Block) => (isMap(value) ? plain(value) : value)).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )}\n`;

const plain = (map: ReadonlyMap<string, Block>): object =>
  Object.fromEntries([...map].sort(([left], [right]) => byBytes(left, right)));
