import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "lab/until";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { flipt, startSidecar } from "../../../testing/flipt.ts";
import { run, start } from "../../../testing/process.ts";

const program = suite("program");

program("version :: says what it is", async () => {
  const { code, stdout } = await run(flipt, { args: ["--version"] });
  assert.is(code, 0);
  assert.match(stdout, /stands in for Flipt v1\.61\.1, is not Flipt/);
  for (const line of ["Version: v1.61.1-emulator", "Commit: ", "Build Date: ", "Go Version: ", "OS/Arch: "]) {
    assert.match(stdout, line);
  }
});

const refused: [args: string[], stderr: string][] = [
  [["server"], 'Error: unknown command "server" for "flipt"\nRun \'flipt --help\' for usage.\n'],
  [["validate", "--nothing"], "Error: unknown flag: --nothing\n"],
  [["validate", "-e", "x.cue"], "Error: --extra-schema x.cue: schemas in CUE are not emulated\n"],
  [["--nothing"], "Error: unknown flag: --nothing\n"],
  [["--config", "none.yml"], "Error: loading configuration: open none.yml: no such file or directory\n"],
  [["--config=none.yml", "migrate"], "Error: loading configuration: open none.yml: no such file or directory\n"],
  [["--config"], "Error: flag needs an argument: --config\n"],
  [["--force-migrate", "x"], 'Error: unknown command "x" for "flipt"\nRun \'flipt --help\' for usage.\n'],
  [
    ["--force-migrate=maybe"],
    'Error: invalid argument "maybe" for "--force-migrate" flag: strconv.ParseBool: parsing "maybe": invalid syntax\n',
  ],
];
for (const [args, stderr] of refused) {
  program(`refuse :: ${args.join(" ")}`, async () => {
    const finished = await run(flipt, { args });
    assert.equal([finished.code, finished.stderr], [1, stderr]);
  });
}

program("configuration :: a file that --config names is said to be unread", async () => {
  const dir = await mkdtemp(join(tmpdir(), "flipt-config-"));
  const file = join(dir, "own.yml");
  await writeFile(file, "db: {url: other.db}\n");
  const env = { FLIPT_DB_URL: join(dir, "plain.db"), FLIPT_LOG_LEVEL: "loud", FLIPT_SERVER_HTTP_PORT: "0" };
  const said = `${file} is not read: the emulator reads FLIPT_* variables only\n`;
  const migrated = await run(flipt, { args: ["migrate", "--config", file], env });
  assert.equal([migrated.code, migrated.stderr], [0, said]);
  const server = start(flipt, { args: ["--config", file, "--force-migrate"], env });
  await until("a server", { seconds: 20, everyMs: 30 }, async () => {
    const seen = server.output();
    return seen.includes("api available") ? { value: true } : { seen };
  });
  const { stdout, stderr } = await server.stop();
  await rm(dir, { recursive: true });
  assert.match(stderr, said);
  assert.match(
    stdout,
    /WARN\tparsing log level, defaulting to INFO\t\{"level":"loud","error":"unrecognized level: \\"loud\\""\}/,
  );
});

program("configuration :: what is wrong is one line and exit 1", async () => {
  const { code, stdout, stderr } = await run(flipt, {
    env: { FLIPT_STORAGE_TYPE: "git", FLIPT_SERVER_HTTP_PORT: "x" },
  });
  assert.equal([code, stdout], [1, ""]);
  assert.match(stderr, /^Error: invalid configuration: FLIPT_SERVER_HTTP_PORT: .*; FLIPT_STORAGE_TYPE: .*\n$/);
});

program("port :: a taken one is one line and exit 1", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const { port } = taken.address() as { port: number };
  const dir = await mkdtemp(join(tmpdir(), "flipt-port-"));
  const local = { FLIPT_STORAGE_TYPE: "local", FLIPT_STORAGE_LOCAL_PATH: dir };
  const { code, stderr } = await run(flipt, {
    env: { ...local, FLIPT_SERVER_HOST: "127.0.0.1", FLIPT_SERVER_HTTP_PORT: `${port}` },
  });
  taken.close();
  await rm(dir, { recursive: true });
  assert.is(code, 1);
  assert.is(stderr.trimEnd().split("\n").at(-1), `Error: listen tcp 127.0.0.1:${port}: bind: address already in use`);
});

const state = (key: string): string => `flags: [{key: ${key}, name: ${key}, type: BOOLEAN_FLAG_TYPE, enabled: true}]\n`;

program("poll :: a change is served, a broken one is a warning at every poll", async () => {
  const sidecar = await startSidecar({ state: state("a"), env: { FLIPT_EMULATOR_LOCAL_POLL_INTERVAL: "50ms" } });
  const flags = async (): Promise<string> => {
    const answer = await fetch(`${sidecar.url}/api/v1/namespaces/default/flags`);
    return ((await answer.json()) as { flags: { key: string }[] }).flags.map(({ key }) => key).join();
  };
  // by rename: a poll between the two steps of a plain write would find an empty file, which is a state without flags
  const publish = async (text: string): Promise<void> => {
    await writeFile(join(sidecar.dir, "new"), text);
    await rename(join(sidecar.dir, "new"), join(sidecar.dir, "features.yml"));
  };
  try {
    assert.is(await flags(), "a");
    await publish(state("b"));
    await until("flag b", { seconds: 120, everyMs: 20 }, async () => {
      const seen = await flags();
      return seen === "b" ? { value: true } : { seen };
    });
    await publish("flags: [");
    const warning = /"L":"WARN".*"M":"getting file system from directory","error":"yaml: /g;
    await until("warnings", { seconds: 120, everyMs: 20 }, async () => {
      const count = [...sidecar.running.output().matchAll(warning)].length;
      return count >= 2 ? { value: true } : { seen: `${count} warnings` };
    });
    assert.is(await flags(), "b");
  } finally {
    await sidecar.stop();
  }
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  program(`end :: ${signal} is exit 0`, async () => {
    const sidecar = await startSidecar({ state: state("a") });
    sidecar.running.child.kill(signal);
    const { code, stderr } = await sidecar.running.finished;
    await rm(sidecar.dir, { recursive: true });
    assert.is(code, 0);
    assert.match(stderr, "stands in for Flipt v1.61.1, is not Flipt");
  });
}

program.run();
