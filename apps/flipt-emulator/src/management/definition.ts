import type { Message } from "../http/message.ts";
import type { Query } from "../http/query.ts";
import type { Call } from "../http/route.ts";
import type { Write } from "../master/write.ts";

export interface WriteRequest extends Pick<Call, "params" | "body"> {
  namespaceKey: string;
}

/** What is done in the database: returns the object to answer, or nothing, which is answered as `{}`. */
type Change = (write: Write) => unknown;

/** One write of the management API. */
export interface Definition {
  method: "POST" | "PUT" | "DELETE";
  /** Below `/api/v1/namespaces/:namespaceKey`. */
  path: string;
  /** Without a namespace in the path the request means `default`; rollouts have no such form. */
  unprefixed: boolean;
  operation: string;
  message?: Message;
  /** As of a route. */
  query?: Query;
  /**
   * Checks a request and says what it changes.
   *
   * @throws {Fault} 400
   */
  change(request: WriteRequest): Change;
}

/** A path parameter; the router promises that it is there. */
export const param = ({ params }: WriteRequest, name: string): string => params[name] ?? "";
