import type { Json } from "flipt-document";

/** What the writers take: fields in their order, of which the undefined are left out; maps, which a writer sorts. */
export type Block = string | number | boolean | null | undefined | Block[] | Fields | ReadonlyMap<string, Block>;
export type Fields = { [key: string]: Block };

export const isMap = (value: Block): value is ReadonlyMap<string, Block> => value instanceof Map;

/** A JSON value whose objects are maps. */
export function blockOf(value: Json): Block {
  if (Array.isArray(value)) return value.map(blockOf);
  if (typeof value === "bigint") return Number(value);
  if (typeof value !== "object" || value === null) return value;
  return new Map(Object.entries(value).map(([key, item]) => [key, blockOf(item)]));
}
