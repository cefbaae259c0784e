/** A body as protobuf describes it: JSON names to kinds. */
export type Message = { readonly [field: string]: Kind };

export type Kind =
  | "string"
  | "bool"
  | "int32"
  | "float"
  /** Any JSON object. */
  | "struct"
  /** An object whose values are strings. */
  | "strings"
  | { readonly enum: readonly string[]; readonly name: string }
  | { readonly message: Message }
  | { readonly list: Kind };
