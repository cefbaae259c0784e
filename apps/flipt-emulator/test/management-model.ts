export type Command =
  | { kind: "createFlag" | "updateFlag"; flag: string; name: string; enabled: boolean }
  | { kind: "deleteFlag"; flag: string }
  | { kind: "createSegment"; segment: string; name: string }
  | { kind: "deleteSegment"; segment: string }
  | { kind: "createVariant"; flag: string; key: string }
  | { kind: "deleteVariant"; flag: string; index: number }
  | { kind: "createRule"; flag: string; segments: string[]; rank: number }
  | { kind: "updateRule"; flag: string; index: number; segments: string[] }
  | { kind: "orderRules"; flag: string; order: number[] }
  | { kind: "deleteRule"; flag: string; index: number };

/** A request, the status it must be answered with, and who wants to know the id of what it made. */
export interface Expected {
  method: string;
  path: string;
  body?: object;
  status: number;
  created?: (id: string) => void;
}

interface Item {
  id: string;
}
type Variant = Item & { key: string };
type Rule = Item & { rank: number; segments: string[] };
interface Flag {
  key: string;
  name: string;
  enabled: boolean;
  variants: Variant[];
  rules: Rule[];
}

const unknown = "unknown";

/** The management API as plain lists, written from its documented rules and not from the emulator's tables. */
export class ManagementModel {
  readonly #flags: Flag[] = [];
  readonly #segments: { key: string; name: string }[] = [];

  list(): object {
    const flags = this.#flags.map(({ variants, rules, ...flag }) => ({
      ...flag,
      variants: variants.map(({ key }) => key),
      rules: rules.map(({ rank, segments }) => ({ rank, segments: [...segments].sort() })),
    }));
    return { flags, segments: this.#segments };
  }

  apply(command: Command): Expected {
    if ("segment" in command) return this.#applySegment(command);
    const flag = this.#flags.find(({ key }) => key === command.flag);
    const path = `/flags/${command.flag}`;
    switch (command.kind) {
      case "createFlag":
      case "updateFlag":
        return this.#writeFlag(command, flag, path);
      case "deleteFlag":
        if (flag) this.#flags.splice(this.#flags.indexOf(flag), 1);
        return { method: "DELETE", path, status: 200 };
      case "createVariant":
        return this.#createVariant(command.key, flag, `${path}/variants`);
      case "deleteVariant":
        return { method: "DELETE", path: `${path}/variants/${take(flag?.variants, command.index)}`, status: 200 };
      default:
        return this.#applyRule(command, flag, `${path}/rules`);
    }
  }

  #applySegment(command: Extract<Command, { segment: string }>): Expected {
    const at = this.#segments.findIndex(({ key }) => key === command.segment);
    if (command.kind === "createSegment") {
      const { segment: key, name } = command;
      const status = name === "" || at >= 0 ? 400 : 200;
      if (status === 200) this.#segments.push({ key, name });
      return { method: "POST", path: "/segments", body: { key, name }, status };
    }
    const used = this.#flags.some(({ rules }) => rules.some(({ segments }) => segments.includes(command.segment)));
    if (!used && at >= 0) this.#segments.splice(at, 1);
    return { method: "DELETE", path: `/segments/${command.segment}`, status: used ? 400 : 200 };
  }

  #writeFlag(
    { kind, flag: key, name, enabled }: Extract<Command, { name: string; enabled: boolean }>,
    flag: Flag | undefined,
    path: string,
  ): Expected {
    if (kind === "updateFlag") {
      const status = name === "" ? 400 : flag ? 200 : 404;
      if (flag && status === 200) Object.assign(flag, { name, enabled });
      return { method: "PUT", path, body: { name, enabled }, status };
    }
    const status = name === "" || flag ? 400 : 200;
    if (status === 200) this.#flags.push({ key, name, enabled, variants: [], rules: [] });
    return { method: "POST", path: "/flags", body: { key, name, enabled }, status };
  }

  #createVariant(key: string, flag: Flag | undefined, path: string): Expected {
    const request = { method: "POST", path, body: { key } };
    if (!flag) return { ...request, status: 404 };
    if (flag.variants.some((variant) => variant.key === key)) return { ...request, status: 400 };
    return { ...request, status: 200, created: (id) => flag.variants.push({ id, key }) };
  }

  #applyRule(
    command: Extract<Command, { kind: `${string}Rule${string}` }>,
    flag: Flag | undefined,
    path: string,
  ): Expected {
    const rules = flag?.rules ?? [];
    if (command.kind === "orderRules") {
      const ruleIds = command.order.map((index) => rules[index]?.id ?? unknown);
      for (const [index, id] of ruleIds.entries()) {
        for (const rule of rules) if (rule.id === id) rule.rank = index + 1;
      }
      sort(rules);
      return { method: "PUT", path: `${path}/order`, body: { ruleIds }, status: 200 };
    }
    if (command.kind === "deleteRule") {
      const id = take(flag?.rules, command.index);
      for (const [index, rule] of rules.entries()) rule.rank = index + 1;
      return { method: "DELETE", path: `${path}/${id}`, status: 200 };
    }
    const { segments } = command;
    const known = segments.every((key) => this.#segments.some((segment) => segment.key === key));
    const body = { segmentKeys: segments };
    if (command.kind === "updateRule") {
      const rule = rules[command.index];
      if (rule && known) rule.segments = segments;
      return { method: "PUT", path: `${path}/${rule?.id ?? unknown}`, body, status: rule && known ? 200 : 404 };
    }
    const { rank } = command;
    const status = rank === 0 ? 400 : flag && known ? 200 : 404;
    const created = (id: string): void => {
      rules.push({ id, rank, segments });
      sort(rules);
    };
    return { method: "POST", path, body: { ...body, rank }, status, created };
  }
}

/** Stable: of equal ranks the older rule comes first. */
const ages = new Map<string, number>();
const age = ({ id }: Rule): number => ages.get(id) ?? ages.set(id, ages.size).size - 1;
function sort(rules: Rule[]): void {
  for (const rule of rules) age(rule);
  rules.sort((left, right) => left.rank - right.rank || age(left) - age(right));
}

function take(items: Item[] | undefined, index: number): string {
  return items?.splice(index, 1)[0]?.id ?? unknown;
}
