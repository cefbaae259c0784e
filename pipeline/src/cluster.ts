import { type Container, type Directory, dag, type File, ReturnType, type Service } from "@dagger.io/dagger";
import { step } from "./failure.js";
import { build } from "./images.js";
import { type Choice, options } from "./modes.js";
import { callerVariable, next, now, type Target, workdir } from "./target.js";
import { withUncachedExec } from "./uncached.js";

const path = "/kubeconfig";

/** The certificate of every API server holds this name, because pods use it. */
const serverName = "kubernetes";

/** The output template of kubectl: current context, its cluster, the address of that cluster and the namespace, one a line. */
const view =
  'jsonpath={.current-context}{"\\n"}{.clusters[0].name}{"\\n"}{.clusters[0].cluster.server}{"\\n"}{.contexts[0].context.namespace}';

/** What the kubeconfig says of its current cluster. */
interface Way {
  context: string;
  /** Empty when the kubeconfig names none. */
  namespace: string;
  /** The value of `--api` to print. Dagger hides what the user typed: the port is known, the host comes from the kubeconfig. */
  api: string;
}

/** Returns the toolbox inside the engine. Its kubeconfig reaches the current cluster by the name `api`. */
async function toolbox(image: Container, kubeconfig: File, api: Service): Promise<[Container, Way]> {
  const port = (await (await api.start()).endpoint()).split(":").pop() ?? "";
  const inside = image
    .withMountedCache(workdir, dag.cacheVolume("flipt-sidecar-lab-runs"))
    .withFile(path, kubeconfig, { permissions: 0o600 })
    .withEnvVariable("KUBECONFIG", path)
    .withWorkdir(workdir)
    .withServiceBinding("api", api);
  const [context = "", cluster = "", address = "", namespace = ""] = (
    await inside.withExec(["kubectl", "config", "view", "--minify", "--output", view]).stdout()
  ).split("\n");
  const host = /^https:\/\/(.+):\d+$/.exec(address)?.[1] ?? "127.0.0.1";
  const server = ["--server", `https://api:${port}`, "--tls-server-name", serverName];
  const led = inside.withExec(["kubectl", "config", "set-cluster", cluster, ...server]);
  return [led, { context, namespace, api: `tcp://${host}:${port}` }];
}

/**
 * Opens an existing cluster. Its nodes must hold the images, or reach a registry that does.
 *
 * @param asked the namespace that the user asked for; it wins over the kubeconfig's
 * @throws {Error} when kubectl cannot read the kubeconfig
 */
export async function openCluster(
  source: Directory,
  kubeconfig: File,
  api: Service,
  asked: string | undefined,
): Promise<Target> {
  const image = await build(source, "toolbox");
  const [inside, way] = await step(
    "kubeconfig",
    "it needs a current context, all in one file, and its API's port",
    () => toolbox(image, kubeconfig, api),
  );
  const file = `--kubeconfig ./${await kubeconfig.name()}`;
  const named = ` ${file} --api ${way.api}`;
  const flags = asked ? `${named} --namespace ${asked}` : named;
  const namespace = asked || way.namespace || "default";
  const called = inside.withEnvVariable(callerVariable, named);
  const run = (words: string[], more: string[] = [], expect = ReturnType.Success): Container =>
    withUncachedExec(
      called,
      ["lab", ...words, "--on", "kubernetes", "--context", way.context, "--namespace", namespace, ...more],
      { expect },
    );
  return {
    flags,
    kubectl: `kubectl ${file}`,
    namespace,
    hasKubeconfig: false,
    lab: (words: string[], choice?: Choice) =>
      step(words.join(" "), next(flags), () => run(words, choice && options(choice)).stdout()),
    async cleanUp() {},
    async tidy() {
      return "";
    },
    async remove() {
      return "";
    },
    diagnostics: () =>
      step("diagnostics", "does the cluster answer?", () =>
        run(["diagnostics", "--output", now], [], ReturnType.Any)
          // The copy is needed because a cache volume belongs to no container, so Dagger cannot export it.
          .withExec(["cp", "--recursive", workdir, "/diagnostics"])
          .withExec(["cp", "--recursive", now, "/diagnostics/now"])
          .directory("/diagnostics")
          .sync(),
      ),
  };
}
