import { type Container, type Directory, dag, type File, ReturnType } from "@dagger.io/dagger";
import { docker, loadImages, removeImages, socketPath } from "./docker.js";
import { reason, step } from "./failure.js";
import { type ImageName, reference } from "./images.js";
import { withLiveExec } from "./live.js";
import { type Choice, modeNames, options } from "./modes.js";
import { next, now, type Place, runs, workdir } from "./place.js";

/** The volume of the machine's Docker that holds minikube's state. */
const volume = "flipt-sidecar-lab";
const here = ["--on", "minikube"];
const state = ["--volume", `${volume}:/state`];

/** The profile in which `lab verify` starts a lab of its own; the name is lab's. */
const verifyProfile = (mode: string): string => `flipt-sidecar-lab-verify-${mode}`;

/** Runs the toolbox on the machine itself, so that minikube sees it as if it had been started there. */
const toolbox = (words: string[], choice?: Choice): string[] => [
  ...["docker", "run", "--rm", "--network", "host"],
  ...["--volume", `${socketPath}:${socketPath}`, ...state, "--workdir", workdir(choice)],
  ...[reference("toolbox"), ...words],
];

/** A file only its owner may read: it opens the cluster. It goes by a file, since output is shown. */
export async function readKubeconfig(client: Container): Promise<File> {
  const path = "/kubeconfig";
  const words = toolbox(["cluster", "kubeconfig", ...here]);
  const text = await step("kubeconfig", "start a lab: dagger call up", () =>
    withLiveExec(client, words, { redirectStdout: path }).file(path).contents(),
  );
  return dag.directory().withNewFile("kubeconfig", text, { permissions: 0o600 }).file("kubeconfig");
}

/** What is known now is asked for; where that fails, what was kept is worth having all the same. */
async function diagnostics(client: Container): Promise<Directory> {
  const words = toolbox(["diagnostics", ...here, "--output", now]);
  const asked = await withLiveExec(client, words, { expect: ReturnType.Any }).sync();
  if ((await asked.exitCode()) !== 0) console.error(reason(await asked.stdout(), await asked.stderr()));
  const id = (await docker(client, "create", ...state, reference("toolbox"))).trim();
  try {
    return await withLiveExec(client, ["docker", "cp", `${id}:${runs}`, "/diagnostics"])
      .directory("/diagnostics")
      .sync();
  } finally {
    await docker(client, "rm", id);
  }
}

/** Removes what `lab verify` starts for itself, should it have been killed. */
async function deleteProfile(client: Container, mode: string): Promise<void> {
  const words = ["cluster", "delete", ...here, "--profile", verifyProfile(mode)];
  await withLiveExec(client, toolbox(words)).sync();
}

async function remove(client: Container): Promise<string> {
  for (const mode of modeNames) await deleteProfile(client, mode);
  await docker(client, "volume", "rm", "--force", volume);
  return `removed volume "${volume}" and ${await removeImages(client)} images`;
}

/** The minikube of this machine, once the toolbox and some images are loaded. */
export async function openMachine(client: Container, source: Directory, images: ImageName[]): Promise<Place> {
  await loadImages(client, source, [...images, "toolbox"]);
  const lab = (words: string[], choice?: Choice): Promise<string> => {
    const all = [...words, ...here, ...(choice ? options(choice) : [])];
    return step(words.join(" "), next(""), () => withLiveExec(client, toolbox(all, choice)).stdout());
  };
  return {
    flags: "",
    lab,
    async prepare(choice) {
      await lab(["cluster", "start"]);
      await lab(["cluster", "load"], choice);
    },
    cleanUp: ({ mode }) => deleteProfile(client, mode),
    remove: () => step("down", "what is left, Docker lists", () => remove(client)),
    diagnostics: () => step("diagnostics", "start a lab: dagger call up", () => diagnostics(client)),
  };
}
