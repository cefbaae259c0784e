import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect as dial } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { run } from "../../../../testing/process.ts";
import { connect } from "../../src/drivers/kubernetes/cluster/connect.ts";
import { proxyFor } from "../../src/drivers/kubernetes/cluster/proxy.ts";
import { execute } from "../../src/drivers/kubernetes/reach/exec.ts";

const works = (program: string, ...words: string[]): boolean => spawnSync(program, words).status === 0;
const cases = 25;

interface Context {
  folder: string;
  /** What the proxy was asked to connect to, and what the cluster was asked for by whom. */
  connects: string[];
  requests: { url: string | undefined; authorization: string | undefined }[];
  proxy: string;
  /** Leads every CONNECT there, whatever it names. */
  target: number;
  servers: Server[];
}

const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));

/** A cluster by a name that only the proxy can reach. */
async function startCluster({ folder, requests }: Context): Promise<Server> {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "ca.pem")];
  const subject = ["-subj", "/CN=cluster.invalid", "-addext", "subjectAltName=DNS:cluster.invalid,IP:127.0.0.1"];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  const args = ["req", "-x509", ...kind, ...subject, "-keyout", key, "-out", cert];
  const { code, stderr } = await run("openssl", { args });
  assert.is(code, 0, stderr);
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, ({ url, headers }, response) => {
    requests.push({ url, authorization: headers.authorization });
    response.setHeader("content-type", "application/json").end('{"major":"1","minor":"34","gitVersion":"v1.34.0"}');
  });
  server.on("upgrade", ({ url, headers }, socket) => {
    requests.push({ url, authorization: headers.authorization });
    socket.end("HTTP/1.1 403 Forbidden\r\nconnection: close\r\ncontent-length: 0\r\n\r\n");
  });
  return server;
}

function startProxy(context: Context): Server {
  const server = createServer();
  server.on("connect", ({ url = "" }, client) => {
    context.connects.push(url);
    if (!context.target) return client.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    const onward = dial(context.target, "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      onward.pipe(client).pipe(onward);
    });
    for (const socket of [onward, client]) socket.on("error", () => [onward, client].map((each) => each.destroy()));
  });
  return server;
}

const test = suite<Context>("proxy");
test.before.each(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), "proxy-"));
  Object.assign(context, { connects: [], requests: [], target: 0 });
  const proxy = startProxy(context);
  context.servers = [proxy];
  context.proxy = `http://127.0.0.1:${await listen(proxy)}`;
});
test.after.each(({ folder, servers }) => {
  for (const server of servers) {
    server.close();
    server.closeAllConnections();
  }
  rmSync(folder, { recursive: true });
});

/** A kubeconfig of the cluster, with a relative path of its certificate and of its token. */
function writeConfig({ folder }: Context, cluster: Record<string, unknown>): string {
  const path = join(folder, "config");
  writeFileSync(join(folder, "token"), "from-a-file");
  writeFileSync(
    path,
    JSON.stringify({
      "current-context": "lab",
      clusters: [{ name: "lab", cluster: { "certificate-authority": "ca.pem", ...cluster } }],
      users: [{ name: "lab", user: { tokenFile: "token" } }],
      contexts: [{ name: "lab", context: { cluster: "lab", user: "lab" } }],
    }),
  );
  return path;
}

const place = { dir: ".", namespace: "default" };

if (!works("openssl", "version")) console.log("openssl is not on the PATH: skipped, no request goes through a proxy");
else {
  for (const [name, cluster, environment] of [
    ["HTTPS_PROXY", () => ({}), (proxy: string) => ({ HTTPS_PROXY: proxy })],
    ["https_proxy without a scheme", () => ({}), (proxy: string) => ({ https_proxy: proxy.replace("http://", "") })],
    ["proxy-url, before HTTPS_PROXY", (proxy: string) => ({ "proxy-url": proxy }), () => ({ HTTPS_PROXY: "none:1" })],
  ] as const) {
    test(`${name} :: requests, lists, watches and exec go through it`, async (context) => {
      const { proxy, connects, requests } = context;
      const server = await startCluster(context);
      context.servers.push(server);
      context.target = await listen(server);
      const KUBECONFIG = writeConfig(context, { server: "https://cluster.invalid:6443", ...cluster(proxy) });
      const reached = await connect(place, { KUBECONFIG, ...environment(proxy) });
      assert.is(reached.version, "v1.34.0");
      await reached.core.listNamespacedPod({ namespace: "default" }).catch(() => {});
      await execute(reached, { pod: "one", container: "two" }, ["true"]).then(
        () => assert.unreachable("the server refuses it"),
        () => {},
      );
      assert.equal(new Set(connects), new Set(["cluster.invalid:6443"]));
      assert.is(connects.length, 3);
      const paths = requests.map(({ url }) => url?.split("?")[0]);
      const pods = "/api/v1/namespaces/default/pods";
      assert.equal(paths, ["/version", pods, `${pods}/one/exec`]);
      assert.equal(new Set(requests.map(({ authorization }) => authorization)), new Set(["Bearer from-a-file"]));
    });
  }

  test("NO_PROXY :: what it names is reached directly", async (context) => {
    const server = await startCluster(context);
    context.servers.push(server);
    const port = await listen(server);
    const KUBECONFIG = writeConfig(context, { server: `https://127.0.0.1:${port}` });
    await connect(place, { KUBECONFIG, HTTPS_PROXY: context.proxy });
    assert.equal(context.connects, []);
    assert.is(context.requests.length, 1);
  });
}

const hosts = ["cluster.invalid", "a.cluster.invalid", "localhost", "127.0.0.2", "240.0.0.1", "[2001:db8::1]"];
const exceptions = fc.oneof(
  fc.constantFrom(
    "*",
    "",
    " ",
    "invalid",
    ".invalid",
    "*.invalid",
    ".cluster.invalid",
    "luster.invalid",
    "CLUSTER.invalid",
  ),
  fc.constantFrom(
    "240.0.0.1",
    "240.0.0.0/8",
    "240.0.0.0/33",
    "0.0.0.0/0",
    "127.0.0.2",
    "::/0",
    "2001:db8::/32",
    "2001:db8::1",
  ),
  fc.constantFrom(
    "cluster.invalid:6443",
    "cluster.invalid:443",
    "240.0.0.1:6443",
    "[2001:db8::1]:6443",
    ":6443",
    "a.cluster.invalid:x",
  ),
);
const questions = fc.record({
  host: fc.constantFrom(...hosts),
  port: fc.constantFrom("", ":6443"),
  name: fc.constantFrom("HTTPS_PROXY", "https_proxy", "HTTP_PROXY"),
  no: fc.constantFrom("NO_PROXY", "no_proxy"),
  list: fc.array(exceptions, { maxLength: 3 }),
});

if (!works("kubectl", "version", "--client"))
  console.log("kubectl is not on the PATH: skipped, the choice of a proxy is not compared with its own");
else
  test(`choice :: as kubectl for ${cases} generated servers and exceptions`, async ({ proxy, connects, folder }) => {
    await fc.assert(
      fc.asyncProperty(questions, async ({ host, port, name, no, list }) => {
        const server = `https://${host}${port}`;
        const env = { [name]: proxy, [no]: list.join(",") };
        connects.length = 0;
        const args = ["--server", server, "--token", "none", "--request-timeout", "20s", "get", "--raw", "/version"];
        // Whether it gets an answer does not matter, and there is none; what counts is whom it asked.
        await run("kubectl", { args, env: { HOME: folder, KUBECONFIG: "", ...env } });
        assert.is(connects.length > 0, proxyFor(server, env) === proxy, `${JSON.stringify(env)} ${server}`);
      }),
      { numRuns: cases, includeErrorInReport: true },
    );
  });

for (const [server, env, proxy] of [
  ["https://cluster.invalid", { HTTPS_PROXY: "http://p:1", https_proxy: "http://q:1" }, "http://p:1"],
  ["http://cluster.invalid", { HTTPS_PROXY: "http://p:1", HTTP_PROXY: "http://q:1" }, "http://q:1"],
  ["https://cluster.invalid", { HTTPS_PROXY: "p:1" }, "http://p:1"],
  ["https://cluster.invalid", { HTTPS_PROXY: "socks5://p:1" }, "socks5://p:1"],
  ["https://cluster.invalid", {}, undefined],
  ["https://localhost:6443", { HTTPS_PROXY: "http://p:1" }, undefined],
  ["https://[::1]:6443", { HTTPS_PROXY: "http://p:1" }, undefined],
  ["https://127.0.0.1:6443", { HTTPS_PROXY: "http://p:1" }, undefined],
  ["no address", { HTTPS_PROXY: "http://p:1" }, undefined],
] as const) {
  test(`choice :: ${server} with ${JSON.stringify(env)}`, () => assert.is(proxyFor(server, env), proxy));
}

test.run();
