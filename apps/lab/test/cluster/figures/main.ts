// What a lab on a cluster costs, measured there, as one table: npm run -s figures -- --context NAME
import { parseArgs } from "node:util";
import { apiLine, type Cluster, connect } from "../../../src/drivers/kubernetes/cluster/connect.ts";
import { describeMachine } from "../../../src/drivers/kubernetes/cluster/nodes.ts";
import { listOurs } from "../../../src/drivers/kubernetes/cluster/objects.ts";
import { Fault } from "../../../src/fault.ts";
import { mode as findMode, type ModeName, modeNames } from "../../../src/modes.ts";
import { measure } from "./measure.ts";
import { generator } from "./pressure.ts";
import { type Figure, isBeyond, markdown, text } from "./table.ts";

const help = `usage: npm run -s figures -- --context NAME [options]

  --context NAME      the kubeconfig's context
  --namespace NAME    a namespace without a lab (lab-figures)
  --kubeconfig FILE   the kubeconfig (as kubectl finds it)
  --mode MODE         ${modeNames.join(" or ")}; may be repeated (both)
  --component NAME    a folder of k8s/components to add; may be repeated
  --output FORMAT     text, markdown or json (text)

The exit code is 1 when a figure is beyond its limit. The images must be on the nodes: that is what "warm" means.
`;

interface Options {
  context: string | undefined;
  namespace: string;
  kubeconfig: string | undefined;
  modes: ModeName[];
  components: string[];
  output: string;
}

function options(): Options {
  const text = { type: "string" } as const;
  const many = { type: "string", multiple: true, default: [] as string[] } as const;
  const { values } = parseArgs({
    options: {
      context: text,
      namespace: { ...text, default: "lab-figures" },
      kubeconfig: text,
      mode: { ...many, default: modeNames as string[] },
      component: many,
      output: { ...text, default: "text" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(help);
    process.exit(0);
  }
  const { context, namespace, kubeconfig, mode, component, output } = values;
  if (!["text", "markdown", "json"].includes(output)) throw new Error(`unknown output "${output}"`);
  return {
    context,
    namespace,
    kubeconfig,
    modes: mode.map((each) => findMode(each).name),
    components: component,
    output,
  };
}

const progress = (line: string): void => console.error(`figures: ${line}`);

async function describe(cluster: Cluster): Promise<string> {
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, ${await describeMachine(cluster)}. Load: ${generator}.`;
}

function show(output: string, machine: string, figures: Figure[]): string {
  if (output === "json") return JSON.stringify({ machine, figures }, null, 2);
  return `${output === "markdown" ? markdown(figures) : text(figures)}\n\n${machine}`;
}

async function main({ modes, components, output, kubeconfig, context, namespace }: Options): Promise<boolean> {
  const place = { dir: ".", namespace, ...(kubeconfig && { kubeconfig }), ...(context && { context }) };
  const cluster = await connect(place, process.env);
  if ((await listOurs(cluster)).length > 0)
    throw new Fault(2, `a lab is in namespace "${namespace}", and would be removed: take another one by --namespace`);
  const { KUBECONFIG } = process.env;
  const env: Record<string, string> = KUBECONFIG ? { KUBECONFIG } : {};
  const task = { cluster, kubeconfig, env, components, progress };
  const figures: Figure[] = [];
  for (const mode of modes) figures.push(...(await measure(task, mode)));
  console.log(show(output, await describe(cluster), figures));
  return figures.some(isBeyond);
}

try {
  process.exitCode = (await main(options())) ? 1 : 0;
} catch (error) {
  console.error(`figures: ${apiLine(error)}`);
  process.exitCode = error instanceof Fault ? error.exit : 2;
}
