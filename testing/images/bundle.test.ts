import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "lab/until";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { filePlace, objectPlace, startS3rver } from "../../apps/exporter/test/place.ts";
import { startMaster, startSidecar } from "../flipt.ts";
import { freePort } from "../port.ts";
import { repository, run, start } from "../process.ts";

const script = repository("scripts/bundle.mjs");
// far from any node_modules that a bundle could lean on
const out = await mkdtemp(join(tmpdir(), "bundle-"));
const made = await run(process.execPath, { args: [script, "--out", out] });
const main = (app: string): string => join(out, app, "main.js");
const state = await readFile(repository("k8s/bases/flipt-seed/features.yml"), "utf8");

const test = suite("bundle");
test.after(() => rm(out, { recursive: true, force: true }));

test("made", () => assert.is(made.code, 0, made.stderr));

const page = async (app: string, folder: string): Promise<string[]> =>
  (await readdir(repository(`apps/${app}/src/page`)))
    .filter((name) => !name.endsWith(".ts"))
    .map((name) => folder + name);

const manifests = (await readdir(repository("k8s"), { recursive: true })).filter((path) =>
  /^(bases|components|overlays)(\/|$)|^secrets.sh$/.test(path),
);

for (const [app, beside] of [
  ["lab", ["empty.mjs", "generator.mjs", "k8s", ...manifests.map((path) => `k8s/${path}`)]],
  ["exporter", ["seed.js"]],
  ["evaluation-client", ["page", ...(await page("evaluation-client", "page/"))]],
  ["flipt-emulator", await page("flipt-emulator", "")],
] as const) {
  test(`${app} :: one file, what it reads beside it, and no path of the machine that made it`, async () => {
    const found = (await readdir(join(out, app), { recursive: true })).filter(
      (name) => !name.startsWith("node_modules"),
    );
    assert.equal(found.sort(), ["main.js", "package.json", ...beside].sort());
    const text = await readFile(main(app), "utf8");
    assert.not.match(text, /node_modules/);
    assert.not.ok(text.includes(repository("")), "the repository's own path");
    assert.ok((await stat(main(app))).mode & 0o001, "a program that any user may run");
  });
}

test("flipt-emulator :: of all packages only libsql's native one, for this platform", async () => {
  const packages = await readdir(join(out, "flipt-emulator/node_modules/@libsql"));
  assert.is(packages.length, 1);
  assert.match(packages[0] ?? "", new RegExp(`^${process.platform}-${process.arch}`));
  assert.equal(await readdir(join(out, "flipt-emulator/node_modules")), ["@libsql"]);
});

test("lab :: it knows its commands; local processes are not in it", async () => {
  const { code, stdout } = await run(main("lab"), { args: ["up", "--help"] });
  assert.is(code, 0);
  assert.match(stdout, "--mode <mode>");
  const up = await run(main("lab"), { args: ["up"], cwd: out });
  assert.equal(
    [up.code, /^lab: local processes are not in this installation of the lab; .*\n$/.test(up.stderr)],
    [2, true],
  );
});

test("lab :: the manifests beside it are rendered", async () => {
  // A kubectl that is asked for a folder of the bundle's, and says no more.
  const bin = await mkdtemp(join(tmpdir(), "kubectl-"));
  await writeFile(
    join(bin, "kubectl"),
    '#!/bin/sh\n[ -f "$2/kustomization.yaml" ] && echo "asked for $2" >&2; exit 1\n',
  );
  await chmod(join(bin, "kubectl"), 0o755);
  const status = '{"Host":"Running","Kubelet":"Running","APIServer":"Running","Kubeconfig":"Configured"}';
  const profiles = '{"invalid":[],"valid":[{"Name":"flipt-sidecar-lab","Status":"OK"}]}';
  const answers = `case $1 in status) echo '${status}';; *) echo '${profiles}';; esac`;
  await writeFile(join(bin, "minikube"), `#!/bin/sh\n${answers}\n`);
  await writeFile(join(bin, "docker"), "#!/bin/sh\n");
  for (const name of ["minikube", "docker"]) await chmod(join(bin, name), 0o755);
  const { stderr } = await run(main("lab"), {
    args: ["cluster", "load", "--mode", "object-store"],
    // Node 24 says by itself what Node 20 says only so.
    env: { PATH: `${bin}:${process.env.PATH}`, NODE_OPTIONS: "--pending-deprecation" },
  });
  assert.not.match(stderr, "DeprecationWarning");
  assert.match(stderr, `asked for ${join(out, "lab/k8s/overlays/object-store")}`);
  await rm(bin, { recursive: true, force: true });
});

test("exporter :: a bad configuration is one line and exit 2", async () => {
  const { code, stderr } = await run(process.execPath, { args: [main("exporter")] });
  assert.is(code, 2);
  assert.is(stderr, "flipt-exporter: missing environment: FLIPT_URL, SINK_URL\n");
});

test("exporter :: its image seeds a master, too", async () => {
  const master = await startMaster({ program: main("flipt-emulator") });
  const seed = join(out, "exporter", "seed.js");
  const file = repository("k8s/bases/flipt-seed/features.yml");
  const { code, stdout, stderr } = await run(seed, { args: [file], env: { FLIPT_URL: master.url } });
  assert.equal([code, stderr], [0, ""]);
  assert.match(stdout, "18 flags and segments of");
  await master.stop();
});

test("all three :: import, serve, export to a file and to a store, read it, evaluate", async () => {
  const emulator = main("flipt-emulator");
  const [place, store] = [await filePlace(), await startS3rver()];
  const object = objectPlace(store.endpoint, store.keys);
  const master = await startMaster({ state, program: emulator });
  const env = {
    FLIPT_URL: master.url,
    AWS_ENDPOINT_URL_S3: store.endpoint,
    AWS_ACCESS_KEY_ID: store.keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: store.keys.secretAccessKey,
  };
  for (const { sink } of [place, object]) {
    const { code, stderr } = await run(main("exporter"), { env: { ...env, SINK_URL: sink.url } });
    assert.is(code, 0, stderr);
  }
  assert.is(await object.read(), await place.read());
  const sidecar = await startSidecar({ dir: place.dir, program: emulator });
  const port = await freePort();
  const client = start(main("evaluation-client"), {
    env: { PORT: `${port}`, FLIPT_SIDECAR_URL: sidecar.url, FLIPT_MASTER_URL: master.url },
  });
  await until("evaluation-client", { seconds: 120, everyMs: 50 }, async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/ready`).catch((error: Error) => error);
    return answer instanceof Response && answer.ok ? { value: true } : { seen: `${answer}${client.output()}` };
  });
  for (const url of [`http://127.0.0.1:${port}/`, `${sidecar.url}/`, `${master.url}/`]) {
    const answer = await fetch(url);
    assert.is(answer.status, 200, url);
    assert.match(await answer.text(), /<!doctype html>/i);
  }
  const body = JSON.stringify({ backend: "both", flagKey: "dark-mode", entityId: "e1" });
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`http://127.0.0.1:${port}/api/evaluate`, { method: "POST", headers, body });
  assert.is(answer.status, 200);
  assert.match(await answer.text(), /"agree":true/);
  assert.is((await client.stop()).code, 0);
  await Promise.all([sidecar.stop(), master.stop(), store.stop(), object.stop()]);
});

for (const [args, line] of [
  [["nobody"], 'bundle: unknown app "nobody": expected exporter, evaluation-client, flipt-emulator, lab\n'],
  [["--where"], "bundle: unknown option '--where'\n"],
] as const) {
  test(`usage :: ${args.join(" ")}`, async () => {
    const { code, stderr } = await run(process.execPath, { args: [script, ...args] });
    assert.equal([code, stderr], [2, line]);
  });
}

test.run();
