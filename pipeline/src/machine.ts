import { type Container, type Directory, dag, type File, ReturnType } from "@dagger.io/dagger";
import { docker, dockerLines } from "./docker.js";
import { reason, step } from "./failure.js";
import { type ImageName, reference } from "./images.js";
import { loadImages, removeImages } from "./loaded.js";
import { type Choice, modeNames, options } from "./modes.js";
import { content, hasState, profile, removeOldState } from "./state.js";
import { next, now, type Target, workdir } from "./target.js";
import {
  type Act,
  changes,
  containerOptions,
  findSocket,
  inToolbox,
  makeWay,
  type Toolbox,
  volume,
} from "./toolbox.js";
import { withUncachedExec } from "./uncached.js";

/** The profile in which `lab verify` starts a lab of its own. `lab` chooses the name. */
const verifyProfile = (mode: string): string => `${profile}-verify-${mode}`;
const here = ["--on", "minikube"];

/** The minikube of this machine. It can hand out its kubeconfig. */
export interface Machine extends Target {
  kubeconfig(): Promise<File>;
}

/** Returns the kubeconfig with mode 0600. It is redirected to a file, because Dagger shows what a command prints. */
async function readKubeconfig(client: Container, toolbox: Toolbox): Promise<File> {
  const path = "/kubeconfig";
  const words = inToolbox(toolbox, ["cluster", "kubeconfig", ...here]);
  const text = await step("kubeconfig", "start a lab: dagger call up", () =>
    withUncachedExec(client, words, { redirectStdout: path }).file(path).contents(),
  );
  return dag.directory().withNewFile("kubeconfig", text, { permissions: 0o600 }).file("kubeconfig");
}

/** Collects diagnostics now and adds what failed runs kept. When the collection fails, it still returns what they kept. */
async function diagnostics(client: Container, toolbox: Toolbox, words: string[]): Promise<Directory> {
  const create = ["create", ...containerOptions(toolbox), reference("toolbox"), ...words];
  const id = (await docker(client, ...create)).trim();
  try {
    const asked = await withUncachedExec(client, ["docker", "start", "--attach", id], {
      expect: ReturnType.Any,
    }).sync();
    if ((await asked.exitCode()) !== 0) console.error(reason(await asked.stdout(), await asked.stderr()));
    const earlier = withUncachedExec(client, ["docker", "cp", `${id}:${workdir}`, "/diagnostics"]);
    return await withUncachedExec(earlier, ["docker", "cp", `${id}:${now}`, "/diagnostics/now"])
      .directory("/diagnostics")
      .sync();
  } finally {
    await docker(client, "rm", id);
  }
}

/** Opens the minikube of this machine. It first loads the images that Docker lacks and waits for commands in the way. */
export async function openMachine(
  client: Container,
  source: Directory,
  { act, images, namespace, path }: { act: Act; images: ImageName[]; namespace: string | undefined; path: string },
): Promise<Machine> {
  const hadState = await hasState(client);
  const loaded = await loadImages(client, source, [...images, "toolbox"]);
  const { socket, holders } = await findSocket(client, path);
  await makeWay(client, act, holders);
  if (changes(act)) await removeOldState(client);
  const toolbox = { act, socket };
  const run = (words: string[], as: Act = act): Promise<string> =>
    withUncachedExec(client, inToolbox({ act: as, socket }, words)).stdout();
  const inNamespace = namespace ? ["--namespace", namespace] : [];
  const lab = (words: string[], choice?: Choice): Promise<string> =>
    step(words.join(" "), next(""), () =>
      run(
        [...words, ...here, ...inNamespace, ...(choice ? options(choice) : [])],
        words[0] === "status" ? "status" : act,
      ),
    );

  /** Deletes the profile that a killed `lab verify` has left. */
  const deleteProfile = (mode: string): Promise<string> =>
    run(["cluster", "delete", ...here, "--profile", verifyProfile(mode)]);

  /** Removes volume and images. It does not report those that this call itself has made. */
  async function clear(): Promise<string> {
    await docker(client, "volume", "rm", volume);
    const names = (await removeImages(client)).filter((name) => !loaded.includes(name));
    const parts = [
      ...(hadState ? [`volume "${volume}"`] : []),
      ...(names.length > 0 ? [`${names.length} images: ${names.join(", ")}`] : []),
    ];
    return parts.length > 0 ? `removed ${parts.join(" and ")}` : "";
  }

  return {
    flags: inNamespace.map((word) => ` ${word}`).join(""),
    kubectl: "kubectl --kubeconfig ./kubeconfig",
    namespace: namespace ?? "default",
    hasKubeconfig: true,
    lab,
    async cleanUp({ mode }) {
      await deleteProfile(mode);
    },
    async tidy() {
      for (const user of [`label=name.minikube.sigs.k8s.io=${profile}`, `volume=${volume}`])
        if ((await dockerLines(client, "ps", "--all", "--quiet", "--filter", user)).length > 0) return "";
      // An earlier verification that failed has kept diagnostics, and the user has not fetched them yet.
      return (await content(client, volume, "/runs")).length > 0 ? "" : clear();
    },
    remove: () =>
      step("down", "what is left, Docker lists", async () => {
        const deleted: string[] = [];
        for (const mode of modeNames) deleted.push(await deleteProfile(mode));
        const told = deleted.flatMap((text) => text.trim().split("\n")).filter((line) => !/^nothing to do/.test(line));
        return [...told, await clear()].filter((line) => line !== "").join("\n");
      }),
    diagnostics: () =>
      step("diagnostics", "start a lab: dagger call up", () =>
        diagnostics(client, toolbox, ["diagnostics", ...here, ...inNamespace, "--output", now]),
      ),
    kubeconfig: () => readKubeconfig(client, toolbox),
  };
}
