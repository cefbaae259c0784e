import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type FieldNode, Kind, parse, type SelectionSetNode, valueFromASTUntyped } from "graphql";

/** One field of a query with its arguments; what was handed out as an id stands as the chain that it names. */
export interface Call {
  field: string;
  args: Record<string, unknown>;
}

export type Chain = Call[];

/** What is answered wherever the last command of a chain matches; with an exit code, the chain fails. */
export interface Answer {
  command: RegExp;
  /** What is printed, or how it comes from the command's own words. */
  stdout?: string | ((words: string) => string);
  stderr?: string;
  exit?: number;
}

/** The fields from the root to the one leaf. The client sends no more than one of each. */
function path(set: SelectionSetNode): FieldNode[] {
  const [selection, ...more] = set.selections;
  if (!selection || more.length > 0) throw new Error(`one selection expected, got ${set.selections.length}`);
  if (selection.kind === Kind.INLINE_FRAGMENT) return path(selection.selectionSet);
  if (selection.kind !== Kind.FIELD) throw new Error(`no field: ${selection.kind}`);
  return [selection, ...(selection.selectionSet ? path(selection.selectionSet) : [])];
}

const isCommand = ({ field }: Call): boolean => field === "withExec";

/** The words of a command, as one line. */
export const words = ({ args }: Call): string => (args.args as string[]).join(" ");

async function body(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}

/** Writes down what a client of Dagger asks for, and answers with ids and given values. It knows no meaning of anything. */
export class Recorder {
  /** Each query, in order. */
  readonly requests: Chain[] = [];
  private readonly chains = new Map<string, Chain>();
  private readonly answers: Answer[];
  private readonly values: Record<string, unknown>;
  private readonly server: Server;

  /** @param values of leaves that are no output of a command */
  constructor(answers: Answer[], values: Record<string, unknown>) {
    this.answers = answers;
    this.values = values;
    this.server = createServer(async (request, response) => {
      const { query } = JSON.parse(await body(request));
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify(this.answer(query)));
    });
  }

  /** The port that it listens on. */
  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private resolve(value: unknown): unknown {
    return typeof value === "string" ? (this.chains.get(value) ?? value) : value;
  }

  private chain(fields: FieldNode[]): Chain {
    return fields.flatMap(({ name, arguments: given = [] }) => {
      const args = given.map((each) => [each.name.value, this.resolve(valueFromASTUntyped(each.value))] as const);
      const call = { field: name.value, args: Object.fromEntries(args) };
      return call.field === "node" ? (call.args.id as Chain) : [call];
    });
  }

  private answer(query: string): unknown {
    const [definition] = parse(query).definitions;
    if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error("no operation");
    const fields = path(definition.selectionSet);
    const chain = this.chain(fields);
    this.requests.push(chain);
    const failed = chain.find((call) => isCommand(call) && call.args.expect !== "ANY" && this.find(call)?.exit);
    if (failed) return this.failure(failed);
    const leaf = this.leaf(chain);
    return { data: fields.reduceRight<unknown>((value, { name }) => ({ [name.value]: value }), leaf) };
  }

  private find(call: Call | undefined): { stdout?: string; stderr?: string; exit?: number } | undefined {
    const found = call && this.answers.find(({ command }) => command.test(words(call)));
    return found && { ...found, stdout: typeof found.stdout === "function" ? found.stdout(words(call)) : found.stdout };
  }

  private leaf(chain: Chain): unknown {
    const name = chain.at(-1)?.field ?? "";
    if (name === "id" || name === "sync" || name === "start") {
      const id = `recorded-${this.chains.size}`;
      this.chains.set(id, chain.slice(0, -1));
      return id;
    }
    const { exit = 0, stdout = "", stderr = "" } = this.find(chain.filter(isCommand).at(-1)) ?? {};
    const outputs: Record<string, unknown> = { stdout, stderr, exitCode: exit, contents: stdout };
    const value = this.values[name] ?? outputs[name];
    if (value === undefined) throw new Error(`nothing to answer for "${name}"`);
    return value;
  }

  private failure(call: Call): unknown {
    const { exit, stdout = "", stderr = "" } = this.find(call) ?? {};
    const extensions = { _type: "EXEC_ERROR", cmd: call.args.args, exitCode: exit, stdout, stderr };
    return { data: null, errors: [{ message: `exit code: ${exit}`, extensions }] };
  }
}
