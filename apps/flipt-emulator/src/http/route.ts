import type { IncomingHttpHeaders } from "node:http";
import type { Message } from "./message.ts";
import type { Query } from "./query.ts";

/** What a handler gets to see of a request. */
export interface Call {
  /** Path parameters, decoded; an empty segment is `""`. */
  params: Record<string, string>;
  /** Decoded by the route's message or query: camelCase names, only known fields, absent ones left out. */
  body: Record<string, unknown>;
  headers: IncomingHttpHeaders;
}

export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** An object is sent as JSON, a string as it is. */
  body?: object | string;
  /** Whether a line break ends the JSON. */
  line?: boolean;
}

export interface Route {
  method: "GET" | "POST" | "PUT" | "DELETE";
  /** With `:name` parameters. */
  path: string;
  /** Names of the gRPC service and method that metrics count. */
  operation: [service: string, method: string];
  /** Whether it answers everybody, also where tokens are required. */
  open?: true;
  /** Fields of the query; left out where a route takes none: only with some a broken escape in it is refused (measured on v1.61.1). */
  query?: Query;
  /** Fields of the body; left out where a route takes none. */
  message?: Message;
  handle(call: Call): Answer;
}
