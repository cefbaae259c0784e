import { type Container, type Directory, dag, type File, type Service } from "@dagger.io/dagger";
import { step } from "./failure.js";
import { buildImage } from "./images.js";
import { withLiveExec } from "./live.js";
import { type Choice, options } from "./modes.js";
import { next, now, type Place, runs, workdir } from "./place.js";

const path = "/kubeconfig";

/** Every API server's certificate holds this name, since its pods call it so. */
const serverName = "kubernetes";

/** The toolbox inside the engine, with the kubeconfig's current cluster behind the name `api`. */
async function toolbox(source: Directory, kubeconfig: File, api: Service): Promise<[Container, context: string]> {
  const port = (await (await api.start()).endpoint()).split(":").pop();
  const inside = buildImage(source, "toolbox")
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
  const [inside, context] = await step(
    "kubeconfig",
    "it needs a current context, all in one file, and its API's port",
    () => toolbox(source, kubeconfig, api),
  );
  const here = ["--on", "kubernetes", "--context", context];
  const flags = " --kubeconfig FILE --api tcp://127.0.0.1:PORT";
  const run = (words: string[], choice?: Choice): Container =>
    withLiveExec(inside.withWorkdir(workdir(choice)), ["lab", ...words, ...here, ...(choice ? options(choice) : [])]);
  return {
    flags,
    lab: (words, choice) => step(words.join(" "), next(flags), () => run(words, choice).stdout()),
    async prepare() {},
    async cleanUp() {},
    async remove() {
      return "";
    },
    diagnostics: () =>
      step("diagnostics", "does the cluster answer?", () =>
        run(["diagnostics", "--output", now])
          // a cache's content is copied, since it belongs to no container
          .withExec(["cp", "--recursive", runs, "/diagnostics"])
          .directory("/diagnostics")
          .sync(),
      ),
  };
}
