import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flipt, startMaster } from "../../testing/flipt.ts";
import { freePort } from "../../testing/port.ts";
import { repository, run, start } from "../../testing/process.ts";
import { tamper } from "../../testing/tamper.ts";

const features = repository("k8s/bases/flipt-seed/features.yml");
const test = suite("seed");

/** The seed Job's command, from its source. */
const seed = (url: string, env: Record<string, string> = {}, file = features) =>
  start(process.execPath, {
    args: ["--import", "tsx", repository("apps/exporter/src/seed.ts"), file],
    env: { FLIPT_URL: url, ...env },
    cwd: repository(""),
  });

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

/** Rules and rollouts of the seed's flags. */
const seeded = {
  "default/dark-mode": 0,
  "default/new-checkout": 3,
  "default/free-shipping": 2,
  "default/button-colour": 1,
  "default/search-engine": 2,
  "default/old-banner": 1,
  "production/dark-mode": 0,
  "production/new-checkout": 1,
  "production/button-colour": 1,
};

async function rules(url: string): Promise<Record<string, number>> {
  const counted: Record<string, number> = {};
  for (const name of Object.keys(await flags(url))) {
    const path = `${url}/api/v1/namespaces/${name.replace("/", "/flags/")}`;
    for (const list of ["rules", "rollouts"]) {
      const answer = (await (await fetch(`${path}/${list}`)).json()) as { rules: unknown[] };
      counted[name] = (counted[name] ?? 0) + answer.rules.length;
    }
  }
  return counted;
}

test("the master comes later :: the seed waits for it", async () => {
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
    assert.match(stdout, `seeded "${url}": 18 flags and segments of`);
    assert.is(Object.keys(await flags(url)).length, 9);
  } finally {
    await master.stop();
    await rm(dir, { recursive: true });
  }
});

test("a second run :: keeps what people have changed", async () => {
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

test("no master :: gives up, and says on what", async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  const { code, stderr } = await seed(url, { SEED_ATTEMPTS: "1" }).finished;
  assert.is(code, 1);
  assert.match(stderr, `flipt-seed: cannot seed "${url}" with "${features}": GET`);
  assert.match(stderr, "no answer (ECONNREFUSED)");
});

test("a connection cut at the first rule :: seen, and every flag has its rules in the end", async () => {
  const master = await startMaster();
  let cuts = 0;
  const front = await tamper(master.url, ({ method, path }) => {
    if (method !== "POST" || !path.endsWith("/rules") || cuts > 0) return "pass";
    cuts += 1;
    return "cut before";
  });
  try {
    const { code, stderr } = await seed(front.url).finished;
    assert.is(code, 0, stderr);
    assert.match(stderr, /^flipt-seed: POST ".*\/flags\/button-colour\/rules": no answer \(\w+\); trying again\n$/);
    assert.equal(await rules(master.url), seeded);
  } finally {
    await Promise.all([front.close(), master.stop()]);
  }
});

test("killed in the middle :: the next pod's run completes it", async () => {
  const master = await startMaster();
  let kill = (): void => {};
  const front = await tamper(master.url, ({ path }) => {
    if (path.endsWith("/search-engine/rules")) kill();
    return "pass";
  });
  try {
    const killed = seed(front.url);
    kill = () => killed.child.kill("SIGKILL");
    assert.is((await killed.finished).signal, "SIGKILL");
    assert.is.not((await rules(master.url))["default/search-engine"], seeded["default/search-engine"]);
    const { code, stderr } = await seed(master.url).finished;
    assert.equal([code, stderr], [0, ""]);
    assert.equal(await rules(master.url), seeded);
  } finally {
    await Promise.all([front.close(), master.stop()]);
  }
});

test("a file that Flipt would not load :: refused before anything is written", async () => {
  const { code, stderr } = await seed("http://127.0.0.1:9", {}, repository("k8s/bases/flipt-seed/kustomization.yaml"))
    .finished;
  assert.is(code, 1);
  assert.match(stderr, /^flipt-seed: Flipt would refuse ".*kustomization.yaml": .*field not allowed/);
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
