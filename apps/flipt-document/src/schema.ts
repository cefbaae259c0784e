import { oddlyKeyed } from "./node.ts";
import { Twofold, Unrepresentable } from "./scalar.ts";
import { amount, boolean, count, isStruct, list, record, type Shape, show, struct, text, word } from "./shape.ts";

const versions = ["1.0", "1.1", "1.2", "1.3", "1.4"];
/** The version that v1.61.1 exports. */
export const newest = "1.4";

const key = text(/^[-_,A-Za-z0-9]+$/);
// "." of Flipt's pattern is every character but the line feed.
const line = text(/^[^\n]+$/, "^.+$");
const operator = word(["AND_SEGMENT_OPERATOR", "OR_SEGMENT_OPERATOR"], true);

const stringOperators = "eq neq empty notempty prefix suffix isoneof isnotoneof contains notcontains";
/** The operators that the loader takes for each type; it lacks `lt`, and its `le` never matches (recorded from v1.61.1). */
const operators: Record<string, readonly string[]> = {
  STRING_COMPARISON_TYPE: stringOperators.split(" "),
  NUMBER_COMPARISON_TYPE: "eq neq present notpresent le lte gt gte isoneof isnotoneof".split(" "),
  BOOLEAN_COMPARISON_TYPE: "true false present notpresent".split(" "),
  DATETIME_COMPARISON_TYPE: "eq neq present notpresent le lte gt gte".split(" "),
  ENTITY_ID_COMPARISON_TYPE: stringOperators.split(" "),
};

/** What JSON can say: no NaN, no infinity, no integer beyond 64 bits. */
const json: Shape = (value, path, complain) => {
  if (Array.isArray(value)) list(json)(value, path, complain);
  else if (isStruct(value) && oddlyKeyed.has(value)) complain(path, "unsupported type: a key that is no string");
  else if (isStruct(value)) record(json)(value, path, complain);
  else if (typeof value === "number" || value instanceof Unrepresentable) amount()(value, path, complain);
};

const attachment: Shape = (value, path, complain) => {
  if (value === null || Array.isArray(value) || isStruct(value)) json(value, path, complain);
  else complain(path, `conflicting values ${show(value)} and null | list | struct`);
};

const metadataValue: Shape = (value, path, complain) => {
  if (value instanceof Twofold && typeof value.value === "string")
    complain(path, `invalid type: ${value.text} is a date`);
  else if (value === null || Array.isArray(value) || isStruct(value))
    complain(path, `conflicting values ${show(value)} and string | int | bool | float`);
  else json(value, path, complain);
};

const variant = { key: line, name: line, description: text(), attachment };
const distribution = struct({ variant: line, rollout: amount(0, 100) }, ["variant", "rollout"]);
const choice = struct({ keys: list(text()), operator });
const segmentOfRule: Shape = (value, path, complain) => (isStruct(value) ? choice : key)(value, path, complain);
const rule = struct({ segment: segmentOfRule, rank: count, distributions: list(distribution) }, ["segment"]);

const oneSegment = struct({ key, operator, value: boolean }, ["key"]);
const severalSegments = struct({ keys: list(text()), operator, value: boolean }, ["keys"]);
const segmentOfRollout: Shape = (value, path, complain) =>
  (isStruct(value) && value.keys !== undefined ? severalSegments : oneSegment)(value, path, complain);
const threshold = struct({ percentage: amount(), value: boolean }, ["percentage"]);
const bySegment = struct({ description: text(), segment: segmentOfRollout });
const byThreshold = struct({ description: text(), threshold });
const rollout: Shape = (value, path, complain) =>
  (isStruct(value) && value.threshold !== undefined ? byThreshold : bySegment)(value, path, complain);

/** Fields of a flag that every version has, that came with 1.1 and that came with 1.3. */
const flag = (version: string): Shape => {
  const since = (first: string, fields: Record<string, Shape>) => (version >= first ? fields : {});
  const fields = {
    key,
    name: line,
    description: text(),
    enabled: boolean,
    variants: list(struct({ ...variant, ...since("1.3", { default: boolean }) }, ["key"])),
    rules: list(rule),
    ...since("1.1", { type: word(["VARIANT_FLAG_TYPE", "BOOLEAN_FLAG_TYPE"]), rollouts: list(rollout) }),
    ...since("1.3", { metadata: record(metadataValue) }),
  };
  return struct(fields, ["key", "name"]);
};

const constraint: Shape = (value, path, complain) => {
  const known = isStruct(value) && typeof value.type === "string" ? operators[value.type] : undefined;
  const fields = {
    type: word(Object.keys(operators)),
    property: line,
    operator: known ? word(known) : text(),
    value: text(),
  };
  // an operator of one type only stands for the type; such a constraint loads and fails every evaluation (recorded)
  const telling = isStruct(value) && (value.operator === "true" || value.operator === "false");
  const required = telling ? ["property", "operator"] : ["type", "property", "operator"];
  struct({ ...fields, description: text() }, required)(value, path, complain);
};

const segment = struct(
  {
    key,
    name: line,
    match_type: word(["ANY_MATCH_TYPE", "ALL_MATCH_TYPE"]),
    description: text(),
    constraints: list(constraint),
  },
  ["key", "name", "match_type"],
);

const namespaceObject = struct({ key, name: line, description: text() });
const namespace: Shape = (value, path, complain) => (isStruct(value) ? namespaceObject : key)(value, path, complain);

const byVersion = new Map(
  versions.map((version): [string, Shape] => [
    version,
    struct({ version: word(versions), namespace, flags: list(flag(version)), segments: list(segment) }),
  ]),
);

/** The shape of one document as v1.61.1's loader wants it: by its version, the newest when it names none. */
export const document: Shape = (value, path, complain) => {
  const version = isStruct(value) && typeof value.version === "string" ? value.version : newest;
  (byVersion.get(version) ?? byVersion.get(newest))?.(value, path, complain);
};
