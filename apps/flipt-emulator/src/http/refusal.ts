import type { ServerResponse } from "node:http";
import type { Duplex } from "node:stream";

// Go's answers to what is no request that a route could meet, as measured on v1.61.1: the status line again as text.

const type = "text/plain; charset=utf-8";

const unparsed: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
  HPE_INVALID_VERSION: "505 HTTP Version Not Supported: unsupported protocol version",
};

/** Answers what the parser of HTTP has refused, and ends the connection. */
export function refuseUnparsed(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (!socket.writable || error.code === "ECONNRESET") {
    socket.destroy();
    return;
  }
  const line = unparsed[error.code ?? ""] ?? "400 Bad Request";
  socket.end(`HTTP/1.1 ${line}\r\ncontent-type: ${type}\r\nconnection: close\r\n\r\n${line}`);
}

/** Answers a request that is none for HTTP's own rules, and ends the connection. */
export function refuse(response: ServerResponse, line: string): void {
  const [, code = "", text = ""] = /^(\d+) (.*)$/.exec(line) ?? [];
  response.shouldKeepAlive = false;
  response.sendDate = false;
  response
    .writeHead(Number(code), text, { "content-type": type, "content-length": line.length, connection: "close" })
    .end(line);
}
