// Stands in for docker's command line, as far as the minikube ring and the fake minikube ask it. FAKE_HOME holds its images and
// what was made of them; FAKE_DOCKER=dead has no daemon.
import { appendFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const { FAKE_HOME: home = ".", FAKE_DOCKER: state } = process.env;
const args = process.argv.slice(2);
appendFileSync(join(home, "docker.log"), `${JSON.stringify(args)}\n`);
const end = (line) => {
  process.stderr.write(`${line}\n`);
  process.exit(1);
};
if (state === "dead")
  end("Cannot connect to the Docker daemon at unix:///nonexistent.sock. Is the docker daemon running?");

const stored = (name, empty) => {
  const file = join(home, name);
  // Whole at each moment: tests look while it works.
  const save = (content) => {
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(content));
    renameSync(`${file}.${process.pid}`, file);
  };
  return [existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : empty, save];
};
const [images, saveImages] = stored("docker.json", {});
const [objects, saveObjects] = stored("docker-objects.json", { container: {}, network: {}, volume: {} });
const all = (...names) => args.flatMap((word, at) => (names.includes(word) ? [args[at + 1]] : []));
const option = (...names) => all(...names)[0];
const label = option("--label")?.split("=")[1] ?? "";
const print = (text) => process.stdout.write(text);

const image = {
  inspect() {
    const id = images[args.at(-1)];
    if (!id) process.exit(1);
    print(`${id}\n`);
  },
  ls() {
    for (const [name, id] of Object.entries(images)) print(`${name.split(":")[0]} ${id}\n`);
  },
  save() {
    const names = args.slice(args.indexOf(option("--output")) + 1);
    writeFileSync(option("--output"), JSON.stringify(names.map((name) => [name, images[name]])));
  },
  rm: () => saveImages(Object.fromEntries(Object.entries(images).filter(([, id]) => id !== args[2]))),
};

function add(kind, id, value) {
  objects[kind][id] = value;
  saveObjects(objects);
}

function run() {
  const volumes = all("--volume", "-v").map((word) => word.split(":")[0]);
  const command = [option("--entrypoint") ?? "/usr/local/bin/entrypoint", ...args.slice(args.indexOf("kicbase") + 1)];
  const id = option("--name") ?? `unnamed${Object.keys(objects.container).length}`;
  add("container", id, { label, volumes, command: `"${command.join(" ")}"`, state: "running" });
}

function list(kind) {
  const fits = all("--filter").map((filter) => {
    const [what, ...value] = filter.split("=");
    if (what === "volume") return ({ volumes = [] }) => volumes.includes(value[0]);
    return (object) => object.label === value[1];
  });
  for (const [id, object] of Object.entries(objects[kind])) {
    const { state = "", command = "" } = object;
    const line = (option("--format") ?? "{{.ID}}").replace(
      /\{\{\.(\w+)\}\}/g,
      (_, field) => ({ ID: id, Name: id, State: state, Command: command })[field],
    );
    if (fits.every((fit) => fit(object))) print(`${line}\n`);
  }
}

function remove(kind) {
  for (const id of args.slice(2).filter((word) => !word.startsWith("--"))) {
    const users = Object.entries(objects.container).filter(([, { volumes }]) => volumes.includes(id));
    if (kind === "volume" && users.length > 0)
      end(`Error response from daemon: remove ${id}: volume is in use - [${users.map(([name]) => name)}]`);
    delete objects[kind][id];
  }
  saveObjects(objects);
}

const [first, second] = args;
if (first === "version") print("28.5.2\n");
else if (first === "system") print(`${home}\n`);
else if (first === "load") saveImages({ ...images, "gcr.io/k8s-minikube/kicbase": "sha256:kicbase" });
else if (first === "image") image[second]();
else if (first === "run") run();
else if (first === "start" || first === "stop")
  add("container", second, { ...objects.container[second], state: first === "start" ? "running" : "exited" });
else if (second === "create") add(first, args[2], { label });
else if (second === "ls") list(first);
else if (second === "rm") remove(first);
else if (second === "inspect") {
  if (!objects[first][args.at(-1)]) end(`Error: No such ${first}: ${args.at(-1)}`);
  print(`${objects[first][args.at(-1)].state}\n`);
} else end(`the fake docker knows no: docker ${args.join(" ")}`);
