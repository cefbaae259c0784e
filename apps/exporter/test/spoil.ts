import { asItIs, type Treatment } from "./proxy.ts";

/** The connection ends after so many bytes of the body, with the whole length promised. */
export const cutAt =
  (bytes: number): Treatment =>
  (response, { status, headers, body }) => {
    if (bytes >= body.length) return asItIs(response, { status, headers, body });
    response.writeHead(status, { ...headers, "content-length": body.length });
    response.write(body.subarray(0, bytes), () => response.destroy());
  };

/** So many bytes, sent as if they were all. */
export const shortTo =
  (bytes: number): Treatment =>
  (response, reply) =>
    asItIs(response, { ...reply, body: reply.body.subarray(0, bytes) });

/** The connection ends without an answer. */
export const reset: Treatment = (response) => {
  response.socket?.resetAndDestroy();
};

/** Half an answer, then nothing. */
export const stall: Treatment = (response, { status, headers, body }) => {
  response.writeHead(status, { ...headers, "content-length": body.length + 1 });
  response.write(body.subarray(0, body.length / 2));
};

export const failWith =
  (status: number): Treatment =>
  (response) => {
    response
      .writeHead(status, { "content-type": "application/json" })
      .end(`{"code":13,"message":"spoilt","details":[]}`);
  };

export const garbage: Treatment = (response) => {
  response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Log in</title>");
};

// biome-ignore lint/suspicious/noExplicitAny: any JSON, to be spoilt
type Page = any;

/** Another body in place of the right one, complete and valid as JSON. */
export const edit =
  (change: (page: Page) => void): Treatment =>
  (response, reply) => {
    const page: Page = JSON.parse(reply.body.toString());
    change(page);
    asItIs(response, { ...reply, body: Buffer.from(JSON.stringify(page)) });
  };
