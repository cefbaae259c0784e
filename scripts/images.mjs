#!/usr/bin/env node
// Builds the images of the lab with Docker and prints their sizes: npm run images -- --help
import { spawnSync } from "node:child_process";
import { accessSync, constants, copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const nodeImage = "node:24-bookworm-slim";

const images = {
  exporter: { tag: "0.1.0" },
  "evaluation-client": { tag: "0.1.0" },
  "flipt-emulator": { tag: "0.1.0" },
  minio: { tag: "RELEASE.2026-02-12" },
  toolbox: { tag: "0.1.0" },
};
const toolboxPrograms = ["minikube", "kubectl", "docker"];

const help = `usage: npm run images -- [options]

  --only NAME          one image: ${Object.keys(images).join(", ")}; may be repeated
  --base IMAGE         what the programs run on (${nodeImage}; for minio debian:bookworm-slim)
  --builder IMAGE      what bundles the apps (${nodeImage})
  --go-image IMAGE     what builds MinIO (golang:1.24-bookworm)
  --minio-bin PATH     a static minio that is taken instead of building it, with --mc-bin; also MINIO_BIN
  --mc-bin PATH        a static mc; also MC_BIN
  --docker-image IMAGE what the toolbox takes docker from (docker:28.5.2-cli)
  --tools FOLDER       static minikube, kubectl, docker for the toolbox: those in it are not downloaded; also TOOLBOX_TOOLS
  --network NETWORK    the network that npm and go use while they build (docker build --network)
`;

const fail = (line, code = 2) => {
  console.error(`images: ${line}`);
  process.exit(code);
};

const docker = (...words) => spawnSync("docker", words, { cwd: root, encoding: "utf8", maxBuffer: 2 ** 26 });
const lastLine = ({ stdout, stderr }) => `${stdout}\n${stderr}`.trim().split("\n").at(-1);

function options() {
  const text = { type: "string" };
  const { values } = parseArgs({
    options: {
      only: { type: "string", multiple: true, default: Object.keys(images) },
      base: text,
      builder: text,
      "go-image": text,
      "minio-bin": { type: "string", default: process.env.MINIO_BIN },
      "mc-bin": { type: "string", default: process.env.MC_BIN },
      "docker-image": text,
      tools: { type: "string", default: process.env.TOOLBOX_TOOLS },
      network: text,
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const unknown = values.only.find((name) => !Object.hasOwn(images, name));
  if (unknown !== undefined) throw new Error(`unknown image "${unknown}": expected ${Object.keys(images).join(", ")}`);
  return values;
}

function checkDocker() {
  const version = docker("version", "--format", "{{.Server.Version}}");
  if (version.error) fail(`cannot start docker (${version.error.code}): install Docker 20.10 or newer`);
  if (version.status !== 0) fail(`docker does not answer, start it: ${lastLine(version)}`);
}

/** Has an image here before anything is built on it. */
function need(image, option) {
  if (docker("image", "inspect", image).status === 0) return;
  const pulled = docker("pull", "--quiet", image);
  if (pulled.status === 0) return;
  fail(
    `image "${image}" is not here and cannot be pulled: load it, or name another by ${option} (${lastLine(pulled)})`,
  );
}

/** The programs given, which spare the Go image; none or both. */
function programs({ "minio-bin": minio, "mc-bin": mc }) {
  if (minio === undefined && mc === undefined) return undefined;
  const missing = minio === undefined ? "minio" : "mc";
  if (minio === undefined || mc === undefined)
    fail(
      `a built ${missing} is missing: set --${missing}-bin (or ${missing.toUpperCase()}_BIN) too, or none of the two`,
    );
  for (const path of [minio, mc]) {
    try {
      accessSync(path, constants.X_OK);
    } catch {
      fail(`"${path}" is no program: build it by "CGO_ENABLED=0 go install", or leave --minio-bin and --mc-bin out`);
    }
  }
  return { minio, mc };
}

/** The words of `docker build` for an app: the root of the repository is its context. */
function appBuild(name, { base = nodeImage, builder = nodeImage }) {
  need(base, "--base");
  need(builder, "--builder");
  const args = ["--build-arg", `BASE_IMAGE=${base}`, "--build-arg", `BUILD_IMAGE=${builder}`];
  return { words: ["-f", `apps/${name}/Dockerfile`, ...args], context: "." };
}

/** The same for MinIO: programs that are there already are its context, and Go is not needed then. */
function minioBuild(settings) {
  const { base = "debian:bookworm-slim", "go-image": goImage = "golang:1.24-bookworm" } = settings;
  const given = programs(settings);
  need(base, "--base");
  if (given === undefined) need(goImage, "--go-image, or give built programs by --minio-bin and --mc-bin");
  const args = ["--build-arg", `BASE_IMAGE=${base}`, "--build-arg", `GO_IMAGE=${given === undefined ? goImage : base}`];
  return { words: ["-f", "images/minio/Dockerfile", ...args], context: "images/minio", given };
}

/** The toolbox is built as an app is; programs that are given lie in its context while it is built. */
function toolboxBuild(settings) {
  const { base = nodeImage, builder = nodeImage, tools } = settings;
  if (tools !== undefined && !existsSync(tools))
    fail(`there is no folder "${tools}": --tools names one that holds ${toolboxPrograms.join(", ")}`);
  const names = tools === undefined ? [] : toolboxPrograms.filter((name) => existsSync(join(tools, name)));
  if (tools !== undefined && names.length === 0) fail(`"${tools}" holds none of ${toolboxPrograms.join(", ")}`);
  // An image that is there anyway takes the place of docker's, where docker is given.
  const dockerImage = names.includes("docker") ? builder : (settings["docker-image"] ?? "docker:28.5.2-cli");
  need(base, "--base");
  need(builder, "--builder");
  need(dockerImage, "--docker-image, or give a static docker by --tools");
  const args = Object.entries({ BASE_IMAGE: base, BUILD_IMAGE: builder, DOCKER_IMAGE: dockerImage });
  return {
    words: ["-f", "images/toolbox/Dockerfile", ...args.flatMap(([name, image]) => ["--build-arg", `${name}=${image}`])],
    context: ".",
    placed: names.map((name) => [join(tools, name), join(root, "images/toolbox/tools", name)]),
  };
}

const recipes = { minio: minioBuild, toolbox: toolboxBuild };

/** Checks what can be checked before anything is built. */
function plan(name, settings) {
  const image = `flipt-sidecar-lab/${name}:${images[name].tag}`;
  const network = settings.network === undefined ? [] : ["--network", settings.network];
  const { words, ...rest } = Object.hasOwn(recipes, name) ? recipes[name](settings) : appBuild(name, settings);
  return { image, words: ["build", "--tag", image, ...network, ...words], ...rest };
}

function build({ image, words, context, given, placed = [] }) {
  const started = Date.now();
  const folder = given && mkdtempSync(join(tmpdir(), "minio-image-"));
  for (const [name, path] of Object.entries(given ?? {})) copyFileSync(path, join(folder, name));
  // A program that somebody has put there himself stays.
  const own = placed.filter(([, to]) => !existsSync(to));
  for (const [from, to] of own) copyFileSync(from, to);
  const built = docker(...words, folder ?? context);
  for (const [, to] of own) rmSync(to);
  if (folder) rmSync(folder, { recursive: true, force: true });
  if (built.status !== 0) {
    console.error(`${built.stdout}${built.stderr}`);
    fail(`"${image}" is not built, the output of docker stands above: ${lastLine(built)}`, 1);
  }
  const bytes = Number(docker("image", "inspect", "--format", "{{.Size}}", image).stdout);
  return { image, size: `${(bytes / 1e6).toFixed(0)} MB`, seconds: `${((Date.now() - started) / 1000).toFixed(1)} s` };
}

const row = ({ image, size, seconds }) => console.log(`${image.padEnd(44)} ${size.padStart(8)} ${seconds.padStart(9)}`);

let settings;
try {
  settings = options();
} catch (error) {
  fail(error.message.split(". ")[0].replace("Unknown", "unknown"));
}
if (settings.help) {
  process.stdout.write(help);
  process.exit(0);
}
checkDocker();
const plans = settings.only.map((name) => plan(name, settings));
row({ image: "image", size: "size", seconds: "built in" });
for (const each of plans) row(build(each));
