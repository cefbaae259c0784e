import type { IncomingMessage, OutgoingHttpHeaders, Server, ServerResponse } from "node:http";
import { deflateRawSync, gzipSync } from "node:zlib";
import { foreign, ofrepForeign, pretty } from "./pretty.ts";
import type { Answer } from "./route.ts";

/** A request that is to be answered. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  /** Who answers. */
  server: Server;
  query: URLSearchParams;
}

/** Writes an answer: JSON indented or not, compressed or not, as the request wants it. */
export function send(exchange: Exchange, { status = 200, headers, body, line }: Answer): void {
  const { request, response, server } = exchange;
  // who has begun to end lets nobody ask again
  response.shouldKeepAlive &&= server.listening;
  if (body === undefined) {
    response.writeHead(status, headers).end();
    return;
  }
  const json = typeof body === "string" ? body : write(body, exchange);
  const text = line ? `${json}\n` : json;
  const encoding = encodingOf(request.headers["accept-encoding"]);
  const content = encoding === undefined ? text : compress(text, encoding);
  // without a spread where nothing is to be spread: that alone took a quarter of an answer's time
  const head: OutgoingHttpHeaders = typeof body === "string" ? {} : { "content-type": "application/json" };
  if (headers) Object.assign(head, headers);
  if (encoding !== undefined) {
    head["content-encoding"] = encoding;
    head.vary = [response.getHeader("vary"), "Accept-Encoding"].filter(Boolean).join(", ");
  }
  head["content-length"] = Buffer.byteLength(content);
  response.writeHead(status, head).end(content);
}

const compress = (text: string, encoding: "gzip" | "deflate"): Buffer =>
  encoding === "gzip" ? gzipSync(text, { level: 1 }) : deflateRawSync(text, { level: 1 });

/** gzip before deflate, whatever their weights (recorded). */
function encodingOf(accepted: string | string[] | undefined): "gzip" | "deflate" | undefined {
  if (accepted === undefined) return undefined;
  const names = String(accepted).toLowerCase();
  if (names.includes("gzip")) return "gzip";
  return names.includes("deflate") ? "deflate" : undefined;
}

function write(body: object, { request, query }: Exchange): string {
  const wanted = query.has("pretty") || request.headers.accept === "application/json+pretty";
  return wanted ? pretty(body, request.url?.startsWith("/ofrep/") ? ofrepForeign : foreign) : JSON.stringify(body);
}
