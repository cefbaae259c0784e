// Stands in for minikube v1.38.1: answers as the real one was seen to, or, for what needs its node image, as its source says.
// FAKE_HOME holds its state and calls.log; FAKE_FAULT makes a start fail; FAKE_CLUSTER is the kubeconfig of a real cluster;
// FAKE_NETWORK=broken keeps Calico from becoming ready.
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const { FAKE_HOME: home = ".", FAKE_FAULT: fault = "", FAKE_CLUSTER: cluster, FAKE_NETWORK: network } = process.env;
// Of several files it reads and writes the first.
const kubeconfig = process.env.KUBECONFIG?.split(delimiter).find((path) => path !== "") ?? join(home, ".kube-config");
const args = process.argv.slice(2);
mkdirSync(join(home, "profiles"), { recursive: true });
appendFileSync(join(home, "calls.log"), `${JSON.stringify(args)}\n`);

const option = (name) => {
  const at = args.indexOf(`--${name}`);
  const joined = args.find((word) => word.startsWith(`--${name}=`));
  return at >= 0 ? args[at + 1] : joined?.slice(name.length + 3);
};
const name = option("profile") ?? "minikube";
const file = join(home, "profiles", `${name}.json`);
const read = () => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined);
const write = (profile) => writeFileSync(file, JSON.stringify(profile));
const print = (value) => process.stdout.write(typeof value === "string" ? value : `${JSON.stringify(value)}\n`);
const end = (code, line = "") => {
  process.stderr.write(line);
  process.exit(code);
};
const event = (type, data) =>
  print({
    specversion: "1.0",
    id: "0",
    type: `io.k8s.sigs.minikube.${type}`,
    datacontenttype: "application/json",
    data,
  });
const step = (currentstep, title, message = title) =>
  event("step", { currentstep, message, name: title, totalsteps: "19" });
const fail = (code, reason, message, advice = "") =>
  event("error", { advice, exitcode: `${code}`, issues: "", message, name: reason, url: "" });

const kicbase = "gcr.io/k8s-minikube/kicbase:v0.0.50@sha256:eb4fec00";
// Loaded by who needs it: most commands do not.
const yaml = () => createRequire(import.meta.url)("yaml");
const readKubeconfig = () => (existsSync(kubeconfig) ? yaml().parse(readFileSync(kubeconfig, "utf8")) : null);
const docker = (...words) => spawnSync("docker", words, { encoding: "utf8" });
const nodeState = () => docker("container", "inspect", "--format", "{{.State.Status}}", name).stdout?.trim();

/** What the kubeconfig holds, changed. */
function changeKubeconfig(change) {
  const content = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [],
    contexts: [],
    users: [],
    "current-context": "",
    ...readKubeconfig(),
  };
  change(content);
  writeFileSync(kubeconfig, yaml().stringify(content, { lineWidth: 0 }));
}

function forget() {
  changeKubeconfig((content) => {
    for (const list of ["clusters", "contexts", "users"])
      content[list] = content[list].filter((entry) => entry.name !== name);
    if (content["current-context"] === name) content["current-context"] = "";
  });
}

/** What fails before there is a profile. For ten minutes the list of profiles tells of that start what it should tell of the profile. */
function refuse() {
  if (read()) write({ ...read(), told: "" });
  const docker = spawnSync("docker", ["version", "--format", "{{.Server.Version}}"], { encoding: "utf8" });
  if (docker.error) {
    const seen = `exec: "docker": executable file not found in $PATH`;
    fail(65, "PROVIDER_DOCKER_NOT_FOUND", `The 'docker' provider was not found: ${seen}`, "Install Docker");
    process.exit(65);
  }
  if (docker.status !== 0) {
    fail(
      63,
      "PROVIDER_DOCKER_NOT_RUNNING",
      `"docker version" exit status 1: ${docker.stderr}`,
      "Start the Docker service",
    );
    fail(14, "MK_USAGE", "Ensure your Docker is running and is healthy.");
    process.exit(14);
  }
  const [, size = "", unit] = option("memory")?.match(/^(\d+)(\D*)$/) ?? [];
  const megabytes = Number(size) * (/^g/.test(unit) ? 1024 : 1);
  if (fault === "advised") {
    const advice = "Start minikube with less memory allocated: 'minikube start --memory={{.advised}}mb'";
    fail(
      10,
      "RSRC_OVER_ALLOC_MEM",
      "Requested memory allocation 9999MB is more than your system limit <no value>MB. Try less.",
      advice,
    );
    process.exit(10);
  }
  if (megabytes > 24105) {
    fail(14, "MK_USAGE", `Docker has only 24105MB memory but you specified ${megabytes}MB`);
    process.exit(14);
  }
}

/** The cluster that a profile leads to. */
function target() {
  if (!cluster) {
    const [server, data] = ["https://192.168.49.2:8443", "QQ=="];
    return [
      { server, "certificate-authority-data": data },
      { "client-certificate-data": data, "client-key-data": data },
    ];
  }
  const words = ["config", "view", "--raw", "--flatten", "-o", "json", "--kubeconfig", cluster];
  const { clusters, users } = JSON.parse(spawnSync("kubectl", words, { encoding: "utf8" }).stdout);
  return [clusters[0].cluster, users[0].user];
}

/** A context of the profile's name beside what is in the file. That of a profile that was stopped becomes the current one, whatever was asked for. */
function writeKubeconfig(isRestart) {
  forget();
  const [own, user] = target();
  changeKubeconfig((content) => {
    content.clusters.push({ name, cluster: own });
    content.users.push({ name, user });
    content.contexts.push({ name, context: { cluster: name, user: name } });
    if (isRestart || !args.includes("--keep-context")) content["current-context"] = name;
  });
}

/** The node's container; one of the name that is there already goes on. */
async function createNode() {
  if (nodeState()) return docker("start", name);
  const label = `name.minikube.sigs.k8s.io=${name}`;
  docker("network", "create", name, "--label", label);
  docker("volume", "create", name, "--label", label);
  if (!args.includes("--preload=false")) {
    const tarball = join(home, "cache", "preloaded-tarball", "preloaded-images.tar.lz4");
    const words = [
      "run",
      "--rm",
      "--entrypoint",
      "/usr/bin/tar",
      "-v",
      `${tarball}:/preloaded.tar:ro`,
      "-v",
      `${name}:/extractDir`,
    ];
    docker(...words, "kicbase", "-I", "lz4", "-xf", "/preloaded.tar", "-C", "/extractDir");
    if (fault === "preload") await pause(600_000);
    docker("container", "rm", "--force", docker("container", "ls", "--filter", `volume=${name}`).stdout.trim());
  }
  docker("run", "--detach", "--name", name, "--label", label, "--volume", `${name}:/var`, "kicbase");
}

async function start() {
  step("0", "Initial Minikube Setup", `[${name}] minikube v1.38.1 on Debian 12.11 (docker/amd64)`);
  event("warning", { message: "minikube skips various validations when --force is supplied" });
  step("1", "Selecting Driver", "Using the docker driver based on user configuration");
  event("error", { message: 'The "docker" driver should not be used with root privileges.' });
  refuse();
  const before = read();
  const profile = before ?? { kubernetes: option("kubernetes-version"), cni: option("cni"), images: [], files: [] };
  const wasStopped = nodeState() === "exited";
  write({ ...profile, told: "Starting" });
  step("3", "Starting Node", `Starting "${name}" primary control-plane node in "${name}" cluster`);
  step("5", "Pulling Base Image", "Pulling base image v0.0.50 ...");
  process.stderr.write("E1124 14:09:27.311598   26252 cache.go:239] Error downloading kic artifacts\n");
  event("download", { artifact: kicbase });
  for (const progress of ["0", "0.25", "0.251", "1"]) event("download.progress", { artifact: kicbase, progress });
  step("8", "Creating Container", "Creating docker container (CPUs=2, Memory=4096MB) ...");
  if (fault === "pull" || fault === "silent") write({ ...profile, told: "" });
  if (fault === "pull") {
    const cause = `docker run --rm --name ${name}-preload-sidecar ${"--label x ".repeat(30)}: exit status 125\nstdout:\n\nstderr:\nUnable to find image '${kicbase}' locally\ndial tcp: lookup gcr.io: no such host`;
    event("error", { message: `StartHost failed, but will try again: ${cause}` });
    fail(48, "INET_LOOKUP_HOST", `Failed to start host: ${cause}`, "Verify that your HTTP_PROXY is set correctly.");
    process.exit(48);
  }
  if (fault === "silent") end(80);
  if (fault === "hang") await pause(600_000);
  if (fault === "download") {
    const folder = join(home, ".minikube", "cache", "preloaded-tarball");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "preloaded-images.tar.lz4.download"), "x".repeat(3_000_000));
    await pause(6000);
  }
  // The daemon gets the node's image by the start.
  if (!before) docker("load", "--kicbase");
  await createNode();
  step("11", "Preparing Kubernetes", "Preparing Kubernetes v1.35.1 on Docker 29.2.1 ...");
  step("15", "Configuring CNI", "Configuring Calico (Container Networking Interface) ...");
  if (fault === "late") await pause(600_000);
  writeKubeconfig(wasStopped);
  write({ ...profile, kubelet: "Running", api: "Running" });
  step("19", "Done", `Done! kubectl is now configured to use "${name}" cluster`);
}

function profiles() {
  const valid = readdirSync(join(home, "profiles")).map((entry) => {
    const { told, api, kubernetes } = JSON.parse(readFileSync(join(home, "profiles", entry), "utf8"));
    const status = args.includes("--light") ? "" : (told ?? (api === "Running" ? "OK" : api));
    const Config = { KicBaseImage: kicbase, KubernetesConfig: { KubernetesVersion: kubernetes } };
    return { Name: entry.replace(/\.json$/, ""), Status: status, Config, Active: false };
  });
  // The real one prints no line break.
  print(JSON.stringify({ invalid: [], valid }));
}

function status() {
  const profile = read();
  if (!profile) {
    event("info", { message: `Profile "${name}" not found. Run "minikube profile list" to view all profiles.` });
    end(85);
  }
  const state = nodeState();
  if (!state) {
    print("null");
    end(7);
  }
  const { kubelet = "Stopped", api = "Stopped" } = profile;
  const names = (readKubeconfig()?.contexts ?? []).map((each) => each.name);
  const Kubeconfig = names.includes(name) ? "Configured" : "Misconfigured";
  const [Host, Kubelet, APIServer] =
    state === "running" ? ["Running", kubelet, api] : ["Stopped", "Stopped", "Stopped"];
  // The real one prints no line break.
  print(
    JSON.stringify({
      Name: name,
      Host,
      Kubelet,
      APIServer,
      Kubeconfig: Host === "Running" ? Kubeconfig : Host,
      Worker: false,
    }),
  );
  process.exit(
    (Host === "Running" ? 0 : 1) |
      (api === "Running" && kubelet === "Running" ? 0 : 2) |
      (Kubeconfig === "Configured" ? 0 : 4),
  );
}

function images() {
  const profile = read();
  if (!profile) end(14, `\nX Exiting due to MK_USAGE: loading profile: cluster "${name}" does not exist\n\n`);
  if (args[1] === "ls") {
    return print(profile.images.map(({ id, tag }) => ({ id, repoDigests: [], repoTags: [tag], size: "1" })));
  }
  // The fake docker's archive is the list of what is in it.
  const archive = readFileSync(args[2], "utf8");
  if (fault === "load") return;
  const added = JSON.parse(archive).map(([tag, id]) => ({ tag: `docker.io/${tag}`, id: id.replace("sha256:", "") }));
  const files = [...profile.files, `/var/lib/minikube/images/${basename(args[2])}`];
  write({ ...profile, images: [...profile.images, ...added], files });
}

/** A command in the node: its file removed, or its kubectl. */
function ssh() {
  const profile = read();
  const words = args.slice(args.indexOf("--") + 1);
  if (words[1] === "rm") return write({ ...profile, files: profile.files.filter((path) => path !== words.at(-1)) });
  if (words.includes("get")) return print(profile.cni === "calico" ? "daemonset.apps/calico-node\n" : "");
  if (network !== "broken") return print('daemon set "calico-node" successfully rolled out\n');
  process.stderr.write("error: timed out waiting for the condition\nssh: Process exited with status 1\n");
  process.exit(1);
}

function stop() {
  docker("stop", name);
  write({ ...read(), kubelet: "Stopped", api: "Stopped" });
  forget();
}

function remove() {
  const known = read();
  if (!known) process.stderr.write(`! "${name}" profile does not exist, trying anyways.\n`);
  rmSync(file, { force: true });
  for (const kind of ["container", "network", "volume"]) {
    const ids = docker(kind, "ls", "--all", "--filter", `label=name.minikube.sigs.k8s.io=${name}`).stdout?.split("\n");
    // What cannot be removed it only writes into its log.
    for (const id of ids ?? []) if (id) docker(kind, "rm", "--force", id);
  }
  if (existsSync(kubeconfig)) forget();
  print(`* Removed all traces of the "${name}" cluster.\n`);
}

const commands = {
  start,
  status,
  profile: profiles,
  image: images,
  delete: remove,
  stop,
  ssh,
  pause: () => write({ ...read(), kubelet: "Stopped", api: "Paused" }),
  unpause: () => write({ ...read(), kubelet: "Running", api: "Running" }),
  logs: () => writeFileSync(option("file"), `==> Audit <==\nlogs of ${name}\n`),
};
const command = commands[args[0]];
if (!command) end(14, `Error: unknown command "${args[0]}" for "minikube"\n`);
await command();
