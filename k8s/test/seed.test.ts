import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flipt, startMaster } from "../../testing/flipt.ts";
import { freePort } from "../../testing/port.ts";
import { repository, run, start } from "../../testing/process.ts";

const features = repository("k8s/bases/flipt-seed/features.yml");
const test = suite("seed");
const hasTimeout = spawnSync("timeout", ["1", "true"]).status === 0;
if (!hasTimeout) console.log("seed.sh skipped: there is no timeout on PATH, which every image has");
const seeds = hasTimeout ? test : test.skip;

/** The seed Job's command, with the emulator in the place of `/flipt`. */
const seed = (url: string, env: Record<string, string> = {}) =>
  start("sh", { args: [repository("k8s/bases/flipt-seed/seed.sh"), flipt, features], env: { FLIPT_URL: url, ...env } });

async function flags(url: string): Promise<Record<string, boolean>> {
  const listed = await Promise.all(
    ["default", "production"].map(async (namespace) => {
      const answer = await fetch(`${url}/api/v1/namespaces/${namespace}/flags`);
      const body = (await answer.json()) as { flags: { key: string; enabled: boolean }[] };
      return body.flags.map(({ key, enabled }) => [`${namespace}/${key}`, enabled] as const);
    }),
  );
  return Object.fromEntries(listed.flat());
}

seeds("the master comes later :: the seed waits for it", async () => {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const dir = await mkdtemp(join(tmpdir(), "seed-"));
  const seeding = seed(url);
  const master = start(flipt, {
    cwd: dir,
    env: {
      FLIPT_DB_URL: `file:${join(dir, "flipt.db")}`,
      FLIPT_SERVER_HOST: "127.0.0.1",
      FLIPT_SERVER_HTTP_PORT: `${port}`,
      FLIPT_SERVER_GRPC_PORT: `${await freePort()}`,
    },
  });
  try {
    const { code, stdout, stderr } = await seeding.finished;
    assert.is(code, 0, stderr);
    assert.match(stdout, `seeded ${url}`);
    assert.is(Object.keys(await flags(url)).length, 9);
  } finally {
    await master.stop();
    await rm(dir, { recursive: true });
  }
});

seeds("a second run :: keeps what people have changed", async () => {
  const master = await startMaster();
  try {
    assert.is((await seed(master.url).finished).code, 0);
    const first = await flags(master.url);
    const answer = await fetch(`${master.url}/api/v1/namespaces/default/flags/dark-mode`, {
      method: "PUT",
      body: JSON.stringify({ name: "Dark mode", enabled: true }),
    });
    assert.is(answer.status, 200);
    const { code, stderr } = await seed(master.url).finished;
    assert.is(code, 0, stderr);
    assert.is(first["default/dark-mode"], false);
    assert.equal(await flags(master.url), { ...first, "default/dark-mode": true });
  } finally {
    await master.stop();
  }
});

seeds("no master :: gives up, and says on what", async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const { code, stderr } = await seed(url, { SEED_ATTEMPTS: "1" }).finished;
  assert.is(code, 1);
  assert.match(stderr, `cannot seed ${url}`);
});

const decode = (text: string): string[] => text.split("---\n").filter(Boolean);

test("secrets.sh :: three Secrets, new passwords each time, our label", async () => {
  const [first, second] = await Promise.all([1, 2].map(() => run("sh", { args: [repository("k8s/secrets.sh")] })));
  const secrets = decode(first?.stdout ?? "");
  assert.equal(
    secrets.map((text) => /^ {2}name: (\S+)$/m.exec(text)?.[1]),
    ["minio-root", "minio-exporter", "minio-sidecar"],
  );
  const passwords = [first, second].flatMap((each) => each?.stdout.match(/: [0-9a-f]{40}$/gm) ?? []);
  assert.is(new Set(passwords).size, 6);
  for (const text of secrets) assert.match(text, "app.kubernetes.io/part-of: flipt-sidecar-lab");
});

test.run();
