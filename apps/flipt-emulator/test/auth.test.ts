import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { serve } from "../src/commands/serve.ts";
import { readConfig } from "../src/config.ts";
import { command, platform } from "./command.ts";

const required = { FLIPT_AUTHENTICATION_REQUIRED: "true" };
const enabled = { FLIPT_AUTHENTICATION_METHODS_TOKEN_ENABLED: "true" };
const first = (token: string) => ({ FLIPT_AUTHENTICATION_METHODS_TOKEN_BOOTSTRAP_TOKEN: token });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

interface Context {
  dir: string;
  /** What is to be closed, also when a test fails. */
  running: Set<Running>;
}

interface Running {
  url: string;
  /** The log's lines. */
  lines: { message: string; fields: Record<string, unknown> | undefined }[];
  /** The status that a path is answered with. */
  status(path: string, headers?: Record<string, string>): Promise<number>;
  close(): Promise<void>;
}

async function start({ dir, running }: Context, env: Record<string, string>): Promise<Running> {
  const place = { FLIPT_SERVER_HOST: "127.0.0.1", FLIPT_SERVER_HTTP_PORT: "0", FLIPT_DB_URL: `file:${dir}/flipt.db` };
  const lines: Running["lines"] = [];
  const log = (_: string, message: string, fields?: Record<string, unknown>) => lines.push({ message, fields });
  const serving = await serve(readConfig({ ...place, ...env }), log, platform);
  const url = `http://127.0.0.1:${serving.port}`;
  const status = async (path: string, headers = {}): Promise<number> => {
    const answer = await fetch(url + path, { headers });
    await answer.text();
    return answer.status;
  };
  const close = async (): Promise<void> => {
    running.delete(instance);
    await serving.close();
  };
  const instance: Running = { url, lines, status, close };
  running.add(instance);
  return instance;
}

const namespaces = "/api/v1/namespaces";

async function importInto({ dir }: Context, ...args: string[]) {
  const env = { FLIPT_DB_URL: `file:${dir}/flipt.db` };
  const { code, stderr } = await command(["import", "--stdin", ...args], {
    env,
    stdin: "flags: [{key: a, name: A}]",
  });
  return { code, stderr };
}

const test = suite<Context>("token authentication");
test.before.each(async (context) => {
  context.dir = await mkdtemp(join(tmpdir(), "auth-"));
  context.running = new Set();
});
test.after.each(async ({ dir, running }) => {
  for (const { close } of [...running]) await close();
  await rm(dir, { recursive: true });
});

test("required :: which forms of a token are taken", async (context) => {
  const { status } = await start(context, { ...required, ...enabled, ...first("letmein") });
  const forms: [headers: Record<string, string>, status: number][] = [
    [{}, 401],
    [{ authorization: "Bearer letmein" }, 200],
    [{ authorization: "bearer letmein" }, 401],
    [{ authorization: "Bearer  letmein" }, 401],
    [{ authorization: "Bearer" }, 401],
    [{ authorization: "Basic letmein" }, 401],
    [{ authorization: "Bearer letmei" }, 401],
    [{ cookie: "a=b; flipt_client_token=letmein" }, 200],
    [{ cookie: "flipt_client_token=wrong" }, 401],
  ];
  for (const [headers, expected] of forms)
    assert.is(await status(namespaces, headers), expected, JSON.stringify(headers));
});

test("required :: what answers everybody", async (context) => {
  const { status } = await start(context, { ...required, ...enabled, ...first("letmein") });
  for (const path of ["/health", "/metrics", "/auth/v1/method", "/"]) assert.is(await status(path), 200, path);
  for (const path of ["/meta/info", "/meta/config", "/auth/v1/self"]) assert.is(await status(path), 401, path);
  assert.is(await status("/api/v1/nothing"), 404);
  assert.is(await status(`${namespaces}?x=%zz`), 400);
});

test("required :: without the method nobody is let in", async (context) => {
  const { status } = await start(context, { ...required, ...first("letmein") });
  assert.is(await status(namespaces, bearer("letmein")), 401);
});

test("not required :: everybody is let in, and is nobody", async (context) => {
  const { status } = await start(context, { ...enabled, ...first("letmein") });
  assert.is(await status(namespaces, bearer("wrong")), 200);
  assert.is(await status("/auth/v1/self", bearer("letmein")), 401);
});

test("first token :: outlives a restart, and a later one is ignored", async (context) => {
  await (await start(context, { ...required, ...enabled, ...first("letmein") })).close();
  const { status, lines } = await start(context, { ...required, ...enabled, ...first("another") });
  assert.is(await status(namespaces, bearer("letmein")), 200);
  assert.is(await status(namespaces, bearer("another")), 401);
  assert.not(lines.some(({ message }) => message === "access token created"));
});

test("first token :: a random one is in the log, a chosen one is not", async (context) => {
  const random = await start(context, { ...required, ...enabled });
  const made = random.lines.find(({ message }) => message === "access token created");
  assert.is(await random.status(namespaces, bearer(String(made?.fields?.client_token))), 200);
  await random.close();
  await rm(join(context.dir, "flipt.db"));
  const chosen = await start(context, { ...required, ...enabled, ...first("letmein") });
  assert.ok(chosen.lines.some(({ message }) => message === "access token created"));
  assert.not.match(JSON.stringify(chosen.lines), "letmein");
});

test("import :: --token, and what it says without the right one", async (context) => {
  const { url } = await start(context, { ...required, ...enabled, ...first("letmein") });
  const said = (doing: string) =>
    `Error: ${doing}: rpc error: code = Unauthenticated desc = request was not authenticated\n`;
  const refused: [args: string[], stderr: string][] = [
    [[], said("creating flag")],
    [["--skip-existing"], said("listing flags")],
    [["--drop"], said("dropping namespaces")],
    [["--token", "wrong"], said("creating flag")],
  ];
  for (const [args, stderr] of refused)
    assert.equal(await importInto(context, "--address", url, ...args), { code: 1, stderr });
  assert.equal(await importInto(context, "--address", url, "--token", "letmein"), { code: 0, stderr: "" });
});

test("import :: --drop keeps the token through the API, and drops it from the database", async (context) => {
  const settings = { ...required, ...enabled };
  const one = await start(context, { ...settings, ...first("letmein") });
  assert.is((await importInto(context, "--drop", "--address", one.url, "-t", "letmein")).code, 0);
  assert.is(await one.status(namespaces, bearer("letmein")), 200);
  await one.close();
  assert.is((await importInto(context, "--drop")).code, 0);
  const other = await start(context, { ...settings, ...first("another") });
  assert.is(await other.status(namespaces, bearer("letmein")), 401);
  assert.is(await other.status(namespaces, bearer("another")), 200);
});

test.run();
