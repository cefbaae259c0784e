import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import type { Route } from "../src/http/route.ts";
import { createServer } from "../src/http/server.ts";

const test = suite<{ server: Server }>("server");

const echo: Route = {
  method: "POST",
  path: "/evaluate/v1/:name",
  operation: ["s", "m"],
  message: { text: "string" },
  handle: ({ params, body }) => ({ body: { name: params.name, length: String(body.text ?? "").length } }),
};
const health: Route = {
  method: "GET",
  path: "/health",
  operation: ["s", "h"],
  handle: () => ({ body: { is: "well" } }),
};
const list: Route = { ...health, path: "/api/v1/list", query: { limit: "int32" } };

test.before.each(async (context) => {
  context.server = createServer([echo, health, list]);
  await once(context.server.listen(0, "127.0.0.1"), "listening");
});
test.after.each(({ server }) => {
  server.closeAllConnections();
  server.close();
});

const open = (server: Server) => connect((server.address() as AddressInfo).port, "127.0.0.1");

/** What comes back for these bytes until the server ends the connection. */
async function exchange(server: Server, bytes: string): Promise<string> {
  const socket = open(server).setEncoding("latin1");
  let text = "";
  socket.on("data", (chunk) => {
    text += chunk;
  });
  // the server may end before it has read everything
  socket.on("error", () => {});
  socket.write(bytes);
  await once(socket, "close");
  return text;
}

const last = "Host: x\r\nConnection: close\r\n";
const plain = (line: string): string => `HTTP/1.1 ${line}\r\ncontent-type: text/plain; charset=utf-8\r\n`;
const ok = '{"is":"well"}';

const rows: [name: string, sent: string, head: string, body: string][] = [
  ["a path that cannot be decoded", `GET /a/%zz HTTP/1.1\r\n${last}\r\n`, plain("400 Bad Request"), "400 Bad Request"],
  [
    "no host",
    "GET /health HTTP/1.1\r\n\r\n",
    plain("400 Bad Request: missing required Host header"),
    "400 Bad Request: missing required Host header",
  ],
  ["no host in HTTP/1.0", "GET /health HTTP/1.0\r\n\r\n", "HTTP/1.1 200 OK", ok],
  ["a whole URL", `GET http://x/health HTTP/1.1\r\n${last}\r\n`, "HTTP/1.1 200 OK", ok],
  [
    "a query that cannot be decoded",
    `GET /api/v1/list?a=%zz HTTP/1.1\r\n${last}\r\n`,
    "HTTP/1.1 400 Bad Request",
    '{"code":3,"message":"invalid URL escape \\"%zz\\"","details":[]}',
  ],
  ["a query that nobody reads", `GET /health?a=%zz HTTP/1.1\r\n${last}\r\n`, "HTTP/1.1 200 OK", ok],
  ["a body where none is read", `GET /health HTTP/1.1\r\n${last}Content-Length: 2\r\n\r\n{}`, "HTTP/1.1 200 OK", ok],
  ["no HTTP", "NONSENSE\r\n\r\n", plain("400 Bad Request"), "400 Bad Request"],
  [
    "a version to come",
    `GET /health HTTP/3.7\r\n${last}\r\n`,
    plain("505 HTTP Version Not Supported: unsupported protocol version"),
    "505 HTTP Version Not Supported: unsupported protocol version",
  ],
  [
    "a path outside",
    `GET /x HTTP/1.1\r\n${last}\r\n`,
    `${plain("404 Not Found")}x-content-type-options: nosniff\r\n`,
    "404 page not found\n",
  ],
  [
    "a body in pieces",
    `POST /evaluate/v1/a HTTP/1.1\r\n${last}Transfer-Encoding: chunked\r\n\r\n5\r\n{"tex\r\n8\r\nt":"abc"\r\n1\r\n}\r\n0\r\n\r\n`,
    "HTTP/1.1 200 OK",
    '{"name":"a","length":3}',
  ],
];
for (const [name, sent, head, body] of rows) {
  test(`exchange :: ${name}`, async ({ server }) => {
    const text = await exchange(server, sent);
    assert.is(text.slice(0, head.length), head);
    assert.is(text.slice(text.indexOf("\r\n\r\n") + 4), body);
  });
}

test("exchange :: headers beyond a limit", async ({ server }) => {
  const text = await exchange(server, `GET /health HTTP/1.1\r\n${last}X: ${"y".repeat(20_000)}\r\n\r\n`);
  assert.match(text, /^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
});

test("body :: v1.61.1 limits none over HTTP: 5 MiB are read, letters cut in the middle", async ({ server }) => {
  const { port } = server.address() as AddressInfo;
  const text = "é".repeat(5 * 1024 * 1024);
  const answer = await fetch(`http://127.0.0.1:${port}/evaluate/v1/a`, {
    method: "POST",
    body: JSON.stringify({ text }),
  });
  assert.equal([answer.status, await answer.json()], [200, { name: "a", length: text.length }]);
});

test("close :: a request that has begun is answered, its connection ends with it", async ({ server }) => {
  const socket = open(server).setEncoding("latin1");
  await once(socket, "connect");
  socket.write('POST /evaluate/v1/a HTTP/1.1\r\nHost: x\r\nContent-Length: 14\r\n\r\n{"text"');
  await once(server, "request");
  let closed = false;
  server.close(() => {
    closed = true;
  });
  await new Promise(setImmediate);
  assert.is(closed, false);
  socket.write(':"abc"}');
  const [text] = await once(socket, "data");
  assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
  await once(socket, "close");
  await new Promise(setImmediate);
  assert.is(closed, true);
});

test("close :: who asks on an open connection while it ends is told that it closes", async ({ server }) => {
  const [busy, idle] = [open(server), open(server).setEncoding("latin1")];
  busy.write("POST /evaluate/v1/a HTTP/1.1\r\nHost: x\r\nContent-Length: 14\r\n\r\n{");
  idle.write("POST /evaluate/v1/a HTTP/1.1\r\nHost: x\r\nContent-Length: 14\r\n\r\n{");
  await Promise.all([once(server, "request"), once(busy, "connect"), once(idle, "connect")]);
  server.close();
  idle.write('"text":"abc"}');
  const [text] = await once(idle, "data");
  assert.match(text, /^HTTP\/1\.1 200 OK\r\n/);
  await once(idle, "close");
});

test.run();
