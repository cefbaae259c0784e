import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Finished, repository, run } from "../process.ts";

/** Stands in for Docker: writes down what it is asked and fails where it is told to. */
const docker = `#!/bin/sh
echo "$@" >> "$LOG"
case "$1 $2" in
  "version --format") [ -z "$DOWN" ] || { echo "Cannot connect to the Docker daemon" >&2; exit 1; } ;;
  "image inspect") case "$*" in *"--format"*) echo 12300000 ;; *"$ABSENT") exit 1 ;; esac ;;
  "pull --quiet") echo "no such host" >&2; exit 1 ;;
  "build --tag") ls "$TOOLS" >> "$LOG.context"; [ -z "$BROKEN" ] || { echo "Step 1/2"; echo "npm failed" >&2; exit 1; } ;;
esac
`;
const dir = await mkdtemp(join(tmpdir(), "docker-"));
const log = join(dir, "log");
await writeFile(join(dir, "docker"), docker);
await chmod(join(dir, "docker"), 0o755);

async function images(
  args: string[],
  env: Record<string, string> = {},
): Promise<Finished & { builds: string[]; context: string[] }> {
  await writeFile(log, "");
  await writeFile(`${log}.context`, "");
  const tools = repository("images/toolbox/tools");
  const settings = { PATH: `${dir}:/bin:/usr/bin`, LOG: log, TOOLS: tools, ABSENT: "nothing", ...env };
  const finished = await run(process.execPath, { args: [repository("scripts/images.mjs"), ...args], env: settings });
  const asked = (await readFile(log, "utf8")).split("\n");
  const context = (await readFile(`${log}.context`, "utf8")).trim().split("\n");
  return { ...finished, builds: asked.filter((line) => line.startsWith("build ")), context };
}

const test = suite("images");
test.after(() => rm(dir, { recursive: true, force: true }));

test("all :: one line an image, each built from its Dockerfile", async () => {
  const { code, stdout, stderr, builds } = await images([]);
  assert.is(code, 0, stderr);
  assert.match(stdout, /^image +size +built in\n(flipt-sidecar-lab\/\S+ +12 MB +[\d.]+ s\n){5}$/);
  const node = "BASE_IMAGE=node:24-bookworm-slim --build-arg BUILD_IMAGE=node:24-bookworm-slim";
  assert.equal(builds, [
    `build --tag flipt-sidecar-lab/exporter:0.1.0 -f apps/exporter/Dockerfile --build-arg ${node} .`,
    `build --tag flipt-sidecar-lab/evaluation-client:0.1.0 -f apps/evaluation-client/Dockerfile --build-arg ${node} .`,
    `build --tag flipt-sidecar-lab/flipt-emulator:0.1.0 -f apps/flipt-emulator/Dockerfile --build-arg ${node} .`,
    "build --tag flipt-sidecar-lab/minio:RELEASE.2026-02-12 -f images/minio/Dockerfile " +
      "--build-arg BASE_IMAGE=debian:bookworm-slim --build-arg GO_IMAGE=golang:1.24-bookworm images/minio",
    `build --tag flipt-sidecar-lab/toolbox:0.1.0 -f images/toolbox/Dockerfile --build-arg ${node} --build-arg DOCKER_IMAGE=docker:28.5.2-cli .`,
  ]);
});

test("options :: --only, --base, --builder, --network", async () => {
  const { builds } = await images(["--only=exporter", "--base=b:1", "--builder=c:1", "--network=host"]);
  assert.is(builds.length, 1);
  assert.match(builds[0] ?? "", "exporter:0.1.0 --network host -f");
  assert.match(builds[0] ?? "", "BASE_IMAGE=b:1 --build-arg BUILD_IMAGE=c:1");
});

for (const [how, args, env] of [
  ["options", ["--minio-bin", process.execPath, "--mc-bin", process.execPath], {}],
  ["environment", [], { MINIO_BIN: process.execPath, MC_BIN: process.execPath }],
] as const) {
  test(`minio :: built programs by ${how} need no Go image`, async () => {
    const { code, stderr, builds } = await images(["--only=minio", ...args], {
      ...env,
      ABSENT: "golang:1.24-bookworm",
    });
    assert.is(code, 0, stderr);
    assert.match(builds[0] ?? "", /GO_IMAGE=debian:bookworm-slim \S+minio-image-\w+$/);
  });
}

test("toolbox :: programs that are given lie in the context while it is built, and docker's image is not needed", async () => {
  const tools = await mkdtemp(join(tmpdir(), "tools-"));
  for (const name of ["minikube", "docker"]) await writeFile(join(tools, name), name);
  const { code, stderr, context } = await images(["--only=toolbox", "--tools", tools], { ABSENT: "docker:28.5.2-cli" });
  assert.is(code, 0, stderr);
  assert.equal(context, ["README.md", "docker", "minikube"]);
  assert.equal(await readdir(repository("images/toolbox/tools")), [".gitignore", "README.md"]);
  const absent = await images(["--only=toolbox"], { ABSENT: "docker:28.5.2-cli" });
  assert.match(
    absent.stderr,
    /^images: image "docker:28.5.2-cli" is not here .* by --docker-image, or give .* by --tools/,
  );
  await rm(tools, { recursive: true, force: true });
});

for (const [what, args, env, exit, line] of [
  [
    "no docker",
    [],
    { PATH: "/nowhere" },
    2,
    /^images: cannot start docker \(ENOENT\): install Docker 20.10 or newer\n$/,
  ],
  ["no daemon", [], { DOWN: "1" }, 2, /^images: docker does not answer, start it: Cannot connect .*\n$/],
  [
    "no base",
    [],
    { ABSENT: "node:24-bookworm-slim" },
    2,
    /^images: image "node:24-\S+" is not here .* by --base \(no such host\)\n$/,
  ],
  [
    "no Go image",
    ["--only=minio"],
    { ABSENT: "golang:1.24-bookworm" },
    2,
    /^images: image "golang:\S+" is not here .*--minio-bin.*\n$/,
  ],
  ["unknown image", ["--only=x"], {}, 2, /^images: unknown image "x": expected exporter, .*toolbox\n$/],
  ["unknown option", ["--push"], {}, 2, /^images: unknown option '--push'\n$/],
  [
    "half of MinIO",
    ["--only=minio", "--mc-bin=/bin/sh"],
    {},
    2,
    /^images: a built minio is missing: set --minio-bin .*\n$/,
  ],
  ["no folder of tools", ["--only=toolbox", "--tools=/x"], {}, 2, /^images: there is no folder "\/x": .*\n$/],
  ["no tool in it", ["--only=toolbox", "--tools=/"], {}, 2, /^images: "\/" holds none of .*\n$/],
  ["no program", ["--only=minio", "--minio-bin=/x", "--mc-bin=/y"], {}, 2, /^images: "\/x" is no program: .*\n$/],
  [
    "broken build",
    ["--only=exporter"],
    { BROKEN: "1" },
    1,
    /Step 1\/2\nnpm failed\n\nimages: "\S+" is not built, .*: npm failed\n$/,
  ],
] as const) {
  test(`fails :: ${what}`, async () => {
    const { code, stderr, builds } = await images([...args], env);
    assert.match(stderr, line);
    assert.is(code, exit);
    assert.is(builds.length, exit === 1 ? 1 : 0, "nothing is built before everything was checked");
  });
}

test.run();
