// Stands in for docker's command line, as far as the minikube ring asks it. FAKE_HOME holds its images; FAKE_DOCKER=dead has no daemon.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const { FAKE_HOME: home = ".", FAKE_DOCKER: state } = process.env;
const args = process.argv.slice(2);
const file = join(home, "docker.json");
const images = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
appendFileSync(join(home, "docker.log"), `${JSON.stringify(args)}\n`);

if (state === "dead") {
  process.stderr.write(
    "Cannot connect to the Docker daemon at unix:///nonexistent.sock. Is the docker daemon running?\n",
  );
  process.exit(1);
}
const save = (content) => writeFileSync(file, JSON.stringify(content));
const option = (name) => args[args.indexOf(name) + 1];
const [first, second] = args;

if (first === "load") save({ ...images, "gcr.io/k8s-minikube/kicbase": "sha256:kicbase" });
else if (first !== "image") process.stdout.write(first === "version" ? "28.5.2\n" : "");
else if (second === "inspect") {
  const id = images[args.at(-1)];
  if (!id) process.exit(1);
  process.stdout.write(`${id}\n`);
} else if (second === "ls") {
  for (const [name, id] of Object.entries(images)) process.stdout.write(`${name.split(":")[0]} ${id}\n`);
} else if (second === "save") {
  const names = args.slice(args.indexOf(option("--output")) + 1);
  writeFileSync(option("--output"), JSON.stringify(names.map((name) => [name, images[name]])));
} else if (second === "rm") save(Object.fromEntries(Object.entries(images).filter(([, id]) => id !== args[2])));
