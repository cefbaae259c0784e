import { createServer, type RequestListener, type Server } from "node:http";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Running, repository, run, start } from "../../../../testing/process.ts";
import type { Plan, Sample, Target } from "../../src/bench/load.ts";
import { until } from "../../src/until.ts";

const program = (name: string): string => repository(`apps/lab/src/bench/${name}.mjs`);
const answer = '{"enabled":true}';

async function listen(listener: RequestListener): Promise<{ server: Server; url: string }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return { server, url: `http://127.0.0.1:${address && typeof address === "object" ? address.port : 0}/evaluate` };
}

const target = (url: string, more: Partial<Target> = {}): Target => ({
  id: "a",
  url,
  headers: {},
  body: '{"flagKey":"f"}',
  expect: '"enabled":',
  connections: 2,
  ...more,
});

async function generate(targets: Target[], more: Partial<Plan> = {}): Promise<Sample[]> {
  const plan: Plan = { runs: 1, seconds: 0.1, warmSeconds: 0.02, targets, ...more };
  const { code, stdout, stderr } = await run(process.execPath, {
    args: [program("generator")],
    env: { PLAN: JSON.stringify(plan) },
  });
  assert.is(code, 0, stderr);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const test = suite("load generator");

for (const [name, listener, bytes] of [
  ["with a length", (_, response) => response.setHeader("content-length", answer.length).end(answer), answer.length],
  ["in chunks", (_, response) => response.write(answer) && response.end(" "), undefined],
  [
    "in pieces that come late",
    (_, response) => {
      response.setHeader("content-length", 2 * answer.length).write(answer);
      setImmediate(() => response.end(answer));
    },
    2 * answer.length,
  ],
] as [string, RequestListener, number | undefined][])
  test(`answers :: ${name}`, async () => {
    const { server, url } = await listen(listener);
    // Long enough for several answers, however slow the machine is.
    const [sample] = await generate([target(url)], { seconds: 2 });
    server.close();
    assert.ok(sample && sample.count > 2, JSON.stringify(sample));
    assert.is(sample.failed, 0);
    if (bytes !== undefined) assert.is(sample.bytes, bytes);
    const { p50, p90, p99, max } = sample.latency;
    assert.ok(0 < p50 && p50 <= p90 && p90 <= p99 && p99 <= max, JSON.stringify(sample.latency));
  });

test("requests :: are whole, on as many connections as asked for, one at a time on each", async () => {
  const seen = { bodies: new Set<string>(), ports: new Set<number>(), open: 0, most: 0, token: "" };
  const { server, url } = await listen((request, response) => {
    seen.open += 1;
    seen.most = Math.max(seen.most, seen.open);
    seen.ports.add(request.socket.remotePort ?? 0);
    seen.token = request.headers.authorization ?? "";
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      seen.bodies.add(`${request.method} ${request.url} ${body}`);
      setImmediate(() => {
        seen.open -= 1;
        response.end(answer);
      });
    });
  });
  await generate([target(url, { connections: 3, headers: { authorization: "Bearer t" } })], { warmSeconds: 0 });
  server.close();
  assert.equal([...seen.bodies], ['POST /evaluate {"flagKey":"f"}']);
  assert.ok(seen.most <= 3, `${seen.most} at once`);
  assert.is(seen.token, "Bearer t");
  // Those of the warm-up that lasts no time ask nothing.
  assert.is(seen.ports.size, 3);
});

for (const [name, listener, fault] of [
  ["another status", (_, response) => response.writeHead(503).end(answer), /^HTTP\/1\.1 503 /],
  ["another answer", (_, response) => response.end("{}"), /^HTTP\/1\.1 200 /],
  ["no answer", (request) => request.socket.destroy(), /closed the connection|ECONNRESET/],
] as [string, RequestListener, RegExp][])
  test(`a failure is counted :: ${name}`, async () => {
    const { server, url } = await listen(listener);
    const [sample] = await generate([target(url)]);
    server.close();
    assert.equal([sample?.count, sample?.failed], [0, 2]);
    assert.match(sample?.fault ?? "", fault);
  });

test("runs :: each begins with another target", async () => {
  const { server, url } = await listen((_, response) => response.end(answer));
  const samples = await generate(
    ["a", "b", "c"].map((id) => target(url, { id })),
    { runs: 3, seconds: 0.02 },
  );
  server.close();
  assert.is(samples.map(({ id }) => id).join(""), "abcbcacab");
  assert.equal(
    samples.map(({ run }) => run),
    [0, 0, 0, 1, 1, 1, 2, 2, 2],
  );
});

test.run();

// ---

const empty = suite<{ running: Running; url: string }>("empty server");
empty.before(async (context) => {
  context.running = start(process.execPath, { args: [program("empty")] });
  context.url = await until<string>("the empty server", { seconds: 120 }, async () => {
    const [, port] = context.running.output().match(/listening on (\d+)/) ?? [];
    return port ? { value: `http://127.0.0.1:${port}` } : { seen: context.running.output() };
  });
});
empty.after(async ({ running }) => {
  await running.stop();
});

for (const bytes of [216, 2526])
  empty(`answers :: ${bytes} bytes of JSON`, async ({ url }) => {
    const response = await fetch(`${url}/${bytes}`, { method: "POST", body: "{}" });
    const body = await response.text();
    assert.equal([response.status, body.length], [200, bytes]);
    assert.type(JSON.parse(body).empty, "string");
  });

empty.run();
