import { type Container, type Directory, dag, type File, ReturnType } from "@dagger.io/dagger";
import { docker, loadImages, removeImages, socketPath } from "./docker.js";
import { reason, step } from "./failure.js";
import { type ImageName, reference } from "./images.js";
import { withLiveExec } from "./live.js";
import { type Choice, modeNames, options } from "./modes.js";
import { folder, next, type Place, runs } from "./place.js";

/** The volume of the machine's Docker that holds minikube's state. */
const volume = "flipt-sidecar-lab";
const here = ["--on", "minikube"];
const state = ["--volume", `${volume}:/state`];

/** The profile in which `lab verify` starts a lab of its own; the name is lab's. */
const verifyProfile = (mode: string): string => `flipt-sidecar-lab-verify-${mode}`;

/** Runs the toolbox on the machine itself, so that minikube sees it as if it had been started there. */
const toolbox = (workdir: string, words: string[]): string[] => [
  ...["docker", "run", "--rm", "--network", "host"],
  ...["--volume", `${socketPath}:${socketPath}`, ...state, "--workdir", workdir],
  ...[reference("toolbox"), ...words],
];

const deleteProfile = (mode: string): string[] =>
  toolbox("/state", ["cluster", "delete", ...here, "--profile", verifyProfile(mode)]);

/** A file only its owner may read: it opens the cluster. It goes by a file, since output is shown. */
export async function kubeconfig(client: Container): Promise<File> {
  const path = "/kubeconfig";
  const words = toolbox("/state", ["cluster", "kubeconfig", ...here]);
  const text = await step("kubeconfig", "start a lab: dagger call up", () =>
    withLiveExec(client, words, { redirectStdout: path }).file(path).contents(),
  );
  return dag.directory().withNewFile("kubeconfig", text, { permissions: 0o600 }).file("kubeconfig");
}

/** What is known now is asked for; where that fails, what was kept is worth having all the same. */
async function diagnostics(client: Container): Promise<Directory> {
  const words = toolbox(folder(), ["diagnostics", ...here, "--output", folder()]);
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

/** The minikube of this machine, once the toolbox and some images are loaded. */
export async function openMachine(client: Container, source: Directory, images: ImageName[]): Promise<Place> {
  await loadImages(client, source, [...images, "toolbox"]);
  const run = (what: string, words: string[], workdir = "/state"): Promise<string> =>
    step(what, next(""), () => withLiveExec(client, toolbox(workdir, words)).stdout());
  const ofChoice = (words: string[], choice?: Choice): string[] => [
    ...words,
    ...here,
    ...(choice ? options(choice) : []),
  ];
  return {
    flags: "",
    lab: (words, choice) => run(words.join(" "), ofChoice(words, choice), choice && folder(choice.mode)),
    async prepare(choice) {
      await run("start of the cluster", ["cluster", "start", ...here]);
      await run("load of the cluster's images", ofChoice(["cluster", "load"], choice));
    },
    async cleanUp({ mode }) {
      await withLiveExec(client, deleteProfile(mode)).sync();
    },
    async remove() {
      for (const mode of modeNames) await withLiveExec(client, deleteProfile(mode)).sync();
      await docker(client, "volume", "rm", "--force", volume);
      return `removed volume "${volume}" and ${await removeImages(client)} images`;
    },
    diagnostics: () => step("diagnostics", "start a lab: dagger call up", () => diagnostics(client)),
  };
}
