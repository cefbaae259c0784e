export { unifyBreaks } from "./breaks.ts";
export { checkDocuments } from "./check.ts";
export { type Complaint, describe } from "./complaint.ts";
export * from "./document.ts";
export { formatStream } from "./format.ts";
export type { Imported } from "./import/import.ts";
export { openMaster, Refusal } from "./import/master.ts";
export { importWhole } from "./import/persist.ts";
export { formatJson, parseJson } from "./json.ts";
export { sidecarMemory } from "./memory.ts";
export {
  countFlags,
  type MergedFlag,
  mergeDocuments,
  type NamespaceDocument,
  namespaceKey,
  type Ranked,
} from "./namespace.ts";
export { control, type Parsed, parseStream } from "./parse.ts";
export { resolve as resolveScalar, Twofold } from "./scalar.ts";
