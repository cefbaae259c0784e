import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { KubeConfig } from "@kubernetes/client-node";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Cluster } from "../../src/drivers/kubernetes/cluster/connect.ts";
import { execute } from "../../src/drivers/kubernetes/reach/exec.ts";
import { oneLine } from "../../src/fault.ts";

const test = suite("exec");

test("a container that is gone :: the error has the pod, the container and the server's answer", async () => {
  const server = createServer((_, response) => response.writeHead(404).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: "one", server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: "nobody" },
  );
  const cluster = { config, namespace: "default" } as Cluster;
  const failed = await execute(cluster, { pod: "sample-app-1", container: "flipt-sidecar" }, ["true"]).catch(oneLine);
  server.close();
  assert.is(
    failed,
    'no command runs in pod "sample-app-1", container "flipt-sidecar": Unexpected server response: 404',
  );
});

test("a message :: of whatever was thrown, one line", () => {
  assert.is(oneLine(new Error("first\nsecond")), "first");
  assert.is(oneLine("a text"), "a text");
  assert.is(oneLine(new TypeError("fetch failed", { cause: new Error("refused") })), "refused");
  assert.is(oneLine({ type: "error", message: "closed", target: {} }), "closed");
  assert.is(oneLine(Object.assign(new AggregateError([]), { code: "ECONNREFUSED" })), "ECONNREFUSED");
  assert.is(oneLine({ status: 3 }), "{ status: 3 }");
  assert.is(oneLine(undefined), "undefined");
});

test.run();
