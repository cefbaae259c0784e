// The empty server, a process of its own: reads a request and answers as many bytes of JSON as its path says, and does nothing else.
import { createServer } from "node:http";

const around = '{"empty":""}';
const bodies = new Map();

function bodyOf(path) {
  const known = bodies.get(path);
  if (known) return known;
  const bytes = Math.max(Number(path.slice(1)) || 0, around.length);
  const body = Buffer.from(`{"empty":"${"x".repeat(bytes - around.length)}"}`);
  bodies.set(path, body);
  return body;
}

const server = createServer((request, response) => {
  request.resume().on("end", () => {
    const body = bodyOf(request.url);
    response.writeHead(200, { "content-type": "application/json", "content-length": body.length }).end(body);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => console.log(`listening on ${server.address().port}`));
process.once("SIGTERM", () => process.exit(0));
