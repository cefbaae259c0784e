// Stands in for minikube v1.38.1: answers as the real one was seen to, or, for what needs its node image, as its source says.
// FAKE_HOME holds its state and calls.log; FAKE_FAULT makes a start fail; FAKE_CLUSTER is the kubeconfig of a real cluster.
import { spawnSync } from "node:child_process";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const { FAKE_HOME: home = ".", FAKE_FAULT: fault = "", FAKE_CLUSTER: cluster, KUBECONFIG: kubeconfig } = process.env;
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
const dockerHasIt = () => spawnSync("docker", ["version"]).status === 0;

/** What fails before there is a profile. */
function refuse() {
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
  if (megabytes > 24105) {
    fail(14, "MK_USAGE", `Docker has only 24105MB memory but you specified ${megabytes}MB`);
    process.exit(14);
  }
}

/** A context of the profile's name beside what is in the file. */
function writeKubeconfig() {
  const kubectl = (...words) => {
    const { status, stderr } = spawnSync("kubectl", ["config", ...words, "--kubeconfig", kubeconfig], {
      encoding: "utf8",
    });
    if (status !== 0) end(80, stderr);
  };
  if (!cluster || !kubeconfig) return;
  const { stdout } = spawnSync("kubectl", [
    "config",
    "view",
    "--raw",
    "--flatten",
    "-o",
    "json",
    "--kubeconfig",
    cluster,
  ]);
  const { clusters, users } = JSON.parse(stdout);
  for (const key of ["server", "certificate-authority-data"])
    kubectl("set", `clusters.${name}.${key}`, clusters[0].cluster[key]);
  for (const key of ["client-certificate-data", "client-key-data"])
    kubectl("set", `users.${name}.${key}`, users[0].user[key]);
  kubectl("set-context", name, "--cluster", name, "--user", name);
}

async function start() {
  step("0", "Initial Minikube Setup", `[${name}] minikube v1.38.1 on Debian 12.11 (docker/amd64)`);
  event("warning", { message: "minikube skips various validations when --force is supplied" });
  step("1", "Selecting Driver", "Using the docker driver based on user configuration");
  event("error", { message: 'The "docker" driver should not be used with root privileges.' });
  refuse();
  const before = read();
  const profile = before ?? { kubernetes: option("kubernetes-version"), images: [] };
  write({ ...profile, status: "" });
  step("3", "Starting Node", `Starting "${name}" primary control-plane node in "${name}" cluster`);
  step("5", "Pulling Base Image", "Pulling base image v0.0.50 ...");
  process.stderr.write("E1124 14:09:27.311598   26252 cache.go:239] Error downloading kic artifacts\n");
  step("8", "Creating Container", "Creating docker container (CPUs=2, Memory=4096MB) ...");
  if (fault === "pull") {
    const cause = `docker run --rm --name ${name}-preload-sidecar ${"--label x ".repeat(30)}: exit status 125\nstdout:\n\nstderr:\nUnable to find image '${kicbase}' locally\ndial tcp: lookup gcr.io: no such host`;
    event("error", { message: `StartHost failed, but will try again: ${cause}` });
    fail(48, "INET_LOOKUP_HOST", `Failed to start host: ${cause}`, "Verify that your HTTP_PROXY is set correctly.");
    process.exit(48);
  }
  if (fault === "silent") end(80);
  if (fault === "hang") await pause(600_000);
  // The daemon gets the node's image by the start.
  if (!before && dockerHasIt()) spawnSync("docker", ["load", "--kicbase"]);
  step("11", "Preparing Kubernetes", "Preparing Kubernetes v1.35.1 on Docker 29.2.1 ...");
  step("15", "Configuring CNI", "Configuring Calico (Container Networking Interface) ...");
  writeKubeconfig();
  write({ ...profile, status: "OK" });
  step("19", "Done", `Done! kubectl is now configured to use "${name}" cluster`);
}

function profiles() {
  const valid = readdirSync(join(home, "profiles")).map((entry) => {
    const { status, kubernetes } = JSON.parse(readFileSync(join(home, "profiles", entry), "utf8"));
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
  if (profile.status === "") {
    print("null");
    end(7);
  }
  print({
    Name: name,
    Host: "Running",
    Kubelet: "Running",
    APIServer: "Running",
    Kubeconfig: "Configured",
    Worker: false,
  });
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
  write({ ...profile, images: [...profile.images, ...added] });
}

function remove() {
  const known = read();
  if (!known) process.stderr.write(`! "${name}" profile does not exist, trying anyways.\n`);
  rmSync(file, { force: true });
  if (known && kubeconfig)
    for (const kind of ["context", "cluster", "user"])
      spawnSync("kubectl", ["config", `delete-${kind}`, name, "--kubeconfig", kubeconfig]);
  print(`* Removed all traces of the "${name}" cluster.\n`);
}

const commands = {
  start,
  status,
  profile: profiles,
  image: images,
  delete: remove,
  stop: () => write({ ...read(), status: "Stopped" }),
  unpause: () => write({ ...read(), status: "OK" }),
  logs: () => writeFileSync(option("file"), `==> Audit <==\nlogs of ${name}\n`),
};
const command = commands[args[0]];
if (!command) end(14, `Error: unknown command "${args[0]}" for "minikube"\n`);
await command();
