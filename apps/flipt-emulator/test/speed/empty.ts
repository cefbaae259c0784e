import { createServer } from "node:http";

// what an evaluation's answer weighs, without anything that makes one
const body = Buffer.alloc(Number(process.argv[2]), 32);
const server = createServer((request, response) => {
  request.resume();
  request.once("end", () => response.writeHead(200, { "content-type": "application/json" }).end(body));
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  console.log(typeof address === "object" ? address?.port : address);
});
