import { fileURLToPath } from "node:url";
import { tsImport } from "tsx/esm/api";
import { type Answer, type Call, type Chain, Recorder, words } from "./recorder.ts";

const tsconfig = fileURLToPath(new URL("tsconfig.json", import.meta.url));
const { connection, dag, FliptLab } = (await tsImport("./session.ts", {
  parentURL: import.meta.url,
  tsconfig,
})) as typeof import("./session.ts");

/** A command that was asked for, and the container that it runs in. */
export interface Command {
  words: string;
  options: Record<string, unknown>;
  /** The address of an image, or the Dockerfile that it is built by. */
  image: string;
  /** The variable that keeps it out of the cache. */
  run: unknown;
  socket: boolean;
  chain: Chain;
}

/** What one call of a function asked of Dagger. */
export interface Recording {
  result: unknown;
  error: string;
  /** What the function said beside its result. */
  said: string[];
  requests: Chain[];
  /** In order; what two queries share is one command. */
  commands: Command[];
  /** The contexts of the images that were built, by Dockerfile. */
  builds: Map<string, Chain>;
}

/** Whether an argument is an object of Dagger, not a plain value. */
export const isChain = (value: unknown): value is Chain => Array.isArray(value) && typeof value[0]?.field === "string";

/** Every beginning of a chain, and of those in its arguments, the arguments' first. */
function prefixes(chain: Chain): Chain[] {
  return chain.flatMap((call, at) => [
    ...Object.values(call.args).filter(isChain).flatMap(prefixes),
    chain.slice(0, at + 1),
  ]);
}

const last = (chain: Chain): Call => chain.at(-1) ?? { field: "", args: {} };

function command(chain: Chain): Command {
  const { args: given, ...options } = last(chain).args;
  const variables = chain.filter(({ field, args }) => field === "withEnvVariable" && args.name === "LAB_RUN");
  const origin = chain.find(({ field }) => field === "from" || field === "dockerBuild")?.args;
  return {
    words: words({ field: "withExec", args: { args: given } }),
    options,
    image: String(origin?.address ?? origin?.dockerfile),
    run: variables.at(-1)?.args.value,
    socket: chain.some(({ field }) => field === "withUnixSocket"),
    chain,
  };
}

/** Calls the module as the engine does, against a recorder. */
export async function record(
  call: (lab: InstanceType<typeof FliptLab>, from: typeof dag) => unknown,
  answers: Answer[] = [],
  values: Record<string, unknown> = {},
  { tools = false, path }: { tools?: boolean; path?: string } = {},
): Promise<Recording> {
  const recorder = new Recorder(answers, values);
  process.env.DAGGER_SESSION_PORT = `${await recorder.listen()}`;
  process.env.DAGGER_SESSION_TOKEN = "recorder";
  const print = console.error;
  const said: string[] = [];
  console.error = (line) => said.push(line);
  let result: unknown;
  let error = "";
  try {
    await connection(async () => {
      const host = dag.host();
      const lab = new FliptLab(host.directory("/repository"), tools ? host.directory("/tools") : undefined, path);
      result = await call(lab, dag);
      // what is not asked for runs nowhere
      if (result instanceof Object && "id" in result) await (result as { id(): Promise<string> }).id();
    });
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
  } finally {
    console.error = print;
    await recorder.close();
  }
  const distinct = new Map(recorder.requests.flatMap(prefixes).map((chain) => [JSON.stringify(chain), chain]));
  const found = [...distinct.values()];
  return {
    result,
    error,
    said,
    requests: recorder.requests,
    commands: found.filter((chain) => last(chain).field === "withExec").map(command),
    builds: new Map(
      found
        .filter((chain) => last(chain).field === "dockerBuild")
        .map((chain) => [String(last(chain).args.dockerfile), chain.slice(0, -1)]),
    ),
  };
}
