import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { freePort } from "../../../testing/port.ts";
import { ask, demand, switchFlag, withToken } from "../src/flipt.ts";

interface Context {
  url: string;
  /** What the server has seen. */
  asked: IncomingMessage[];
  close(): void;
}

const requests = suite<Context>("ask");
requests.before(async (context) => {
  context.asked = [];
  const server = createServer((request, response) => {
    context.asked.push(request);
    if (request.url === "/slow") return;
    const status = request.url === "/missing" ? 404 : 200;
    const body =
      request.url === "/missing" ? { code: 5, message: 'flag "default/x" not found' } : { method: request.method };
    response
      .writeHead(status, { etag: "abc" })
      .end(request.url === "/text" ? "404 page not found\n" : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  context.close = () => {
    server.closeAllConnections();
    server.close();
  };
});
requests.after(({ close }) => close());

requests.before.each(({ asked }) => {
  asked.length = 0;
});
requests("answer :: status, etag and body", async ({ url }) => {
  assert.equal(await ask(url, "/", { method: "POST", body: {} }), {
    status: 200,
    etag: "abc",
    body: { method: "POST" },
  });
});
requests("token :: sent with each request to its endpoint, beside other headers", async ({ url, asked }) => {
  const endpoint = withToken(url, "letmein");
  await ask(endpoint, "/", { headers: { "if-none-match": "x" } });
  await switchFlag(endpoint, "default", "f", true);
  await ask(url, "/");
  assert.equal(
    asked.map(({ method, headers }) => [method, headers.authorization]),
    [
      ["GET", "Bearer letmein"],
      ["GET", "Bearer letmein"],
      ["PUT", "Bearer letmein"],
      ["GET", undefined],
    ],
  );
});
requests("token :: not shown in an error", async ({ url }) => {
  try {
    await demand(withToken(url, "letmein"), "/missing");
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, `GET "${url}/missing": 404 flag "default/x" not found`);
  }
});
requests("answer :: text that is no JSON", async ({ url }) => {
  assert.is((await ask(url, "/text")).body, "404 page not found\n");
});
requests("demand :: Flipt's words in the error", async ({ url }) => {
  try {
    await demand(url, "/missing");
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, `GET "${url}/missing": 404 flag "default/x" not found`);
  }
});
requests("timeout :: named", async ({ url }) => {
  try {
    await ask(url, "/slow", { timeoutMs: 50 });
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, `GET "${url}/slow": no answer (timeout after 50 ms)`);
  }
});
requests("unreachable :: named", async () => {
  const url = `http://127.0.0.1:${await freePort()}`;
  try {
    await ask(url, "/x");
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, `GET "${url}/x": no answer (ECONNREFUSED)`);
  }
});
requests.run();
