import { type Container, type Directory, dag, type File, ReturnType, type Service } from "@dagger.io/dagger";
import { step } from "./failure.js";
import { build } from "./images.js";
import { withLiveExec } from "./live.js";
import { type Choice, options } from "./modes.js";
import { next, now, type Place, runs, workdir } from "./place.js";

const path = "/kubeconfig";

/** Every API server's certificate holds this name, since its pods call it so. */
const serverName = "kubernetes";

/** The toolbox inside the engine, with the kubeconfig's current cluster behind the name `api`. */
async function toolbox(image: Container, kubeconfig: File, api: Service): Promise<[Container, context: string]> {
  const port = (await (await api.start()).endpoint()).split(":").pop();
  const inside = image
    .withMountedCache(runs, dag.cacheVolume("flipt-sidecar-lab-runs"))
    .withFile(path, kubeconfig, { permissions: 0o600 })
    .withEnvVariable("KUBECONFIG", path)
    .withServiceBinding("api", api);
  const names = 'jsonpath={.current-context}{"\\n"}{.clusters[0].name}';
  const [context = "", cluster = ""] = (
    await inside.withExec(["kubectl", "config", "view", "--minify", "--output", names]).stdout()
  ).split("\n");
  const server = ["--server", `https://api:${port}`, "--tls-server-name", serverName];
  return [inside.withExec(["kubectl", "config", "set-cluster", cluster, ...server]), context];
}

/** A cluster that is there already. Images have to be on its nodes, or in a registry that it reaches. */
export async function openCluster(source: Directory, kubeconfig: File, api: Service): Promise<Place> {
  const image = await build(source, "toolbox");
  const [inside, context] = await step(
    "kubeconfig",
    "it needs a current context, all in one file, and its API's port",
    () => toolbox(image, kubeconfig, api),
  );
  const here = ["--on", "kubernetes", "--context", context];
  const flags = " --kubeconfig FILE --api tcp://127.0.0.1:PORT";
  const lab = (words: string[], choice?: Choice): string[] => [
    ...["lab", ...words, ...here],
    ...(choice ? options(choice) : []),
  ];
  const at = (choice?: Choice): Container => inside.withWorkdir(workdir(choice));
  return {
    flags,
    lab: (words, choice) =>
      step(words.join(" "), next(flags), () => withLiveExec(at(choice), lab(words, choice)).stdout()),
    async prepare() {},
    async cleanUp() {},
    async remove() {
      return "";
    },
    diagnostics: () =>
      step("diagnostics", "does the cluster answer?", () =>
        withLiveExec(at(), lab(["diagnostics", "--output", now]), { expect: ReturnType.Any })
          // a cache's content is copied, since it belongs to no container
          .withExec(["cp", "--recursive", runs, "/diagnostics"])
          .directory("/diagnostics")
          .sync(),
      ),
  };
}
