// The load generator, a process of its own: asks each target of a plan in turn, as fast as it answers, on a number of connections
// that stay open, with one request at a time on each. It prints a line of JSON for each that is done.
// Written on sockets, because node:http costs more than the answers that it would measure; and autocannon counts whole milliseconds.
import { connect } from "node:net";
import { availableParallelism } from "node:os";
import { createHistogram } from "node:perf_hooks";

const { runs, warmSeconds, seconds, targets } = JSON.parse(process.env.PLAN);
const timeoutMs = 10_000;

/** The bytes of a request; they are the same each time. */
function format({ url, headers, body }) {
  const { host, pathname } = new URL(url);
  const lines = Object.entries({
    host,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`POST ${pathname} HTTP/1.1\r\n${lines.join("")}\r\n${body}`);
}

const end = "\r\n\r\n";

/** The body of a whole answer; undefined while a part of it is missing. What a JSON body holds never looks like the last chunk. */
function parse(text) {
  const head = text.indexOf(end);
  if (head < 0) return undefined;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, head));
  const body = text.slice(head + end.length);
  if (length) return body.length >= Number(length[1]) ? body : undefined;
  return body.endsWith(`0${end}`) ? body : undefined;
}

/** Asks on one connection until the time is over; each answer is checked, a bad one ends the connection. */
const askOn = ({ url, expect }, request, until, count) =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    let text = "";
    let sent = 0n;
    const send = () => {
      if (performance.now() >= until) return socket.destroy();
      text = "";
      sent = process.hrtime.bigint();
      socket.write(request);
    };
    const fail = (fault) => {
      count.failed += 1;
      count.fault ??= fault;
      socket.destroy();
    };
    socket.setEncoding("latin1").setTimeout(timeoutMs, () => fail(`no answer in ${timeoutMs} ms`));
    socket.on("connect", send);
    socket.on("data", (chunk) => {
      text += chunk;
      const body = parse(text);
      if (body === undefined) return;
      const took = process.hrtime.bigint() - sent;
      if (!text.startsWith("HTTP/1.1 200") || !body.includes(expect)) return fail(text.slice(0, 200));
      count.histogram.record(took);
      count.bytes = body.length;
      send();
    });
    socket.on("error", (error) => fail(error.code ?? error.message));
    socket.on("end", () => fail("the server has closed the connection"));
    socket.on("close", resolve);
  });

/**
 * Keeps this process from sleeping between answers, where there is a processor left for the servers: to wake a sleeper
 * takes the server longer, on virtual machines, than to answer, and only a server that is slow would pay for it.
 */
function keepAwake() {
  let awake = availableParallelism() > 1;
  const stay = () => {
    if (awake) setImmediate(stay);
  };
  stay();
  return () => {
    awake = false;
  };
}

async function ask(target, lasting) {
  const count = { histogram: createHistogram({ figures: 3 }), failed: 0, fault: undefined, bytes: 0 };
  const request = format(target);
  const started = performance.now();
  const until = started + lasting * 1000;
  const rest = keepAwake();
  await Promise.all(Array.from({ length: target.connections }, () => askOn(target, request, until, count)));
  rest();
  return { ...count, seconds: (performance.now() - started) / 1000 };
}

const microseconds = (nanoseconds) => Math.round(nanoseconds / 100) / 10;

for (let run = 0; run < runs; run += 1) {
  // Each run begins with another target, so that none has always the same place.
  const turn = targets.map((_, index) => targets[(index + run) % targets.length]);
  for (const target of turn) {
    await ask(target, warmSeconds);
    const { histogram, failed, fault, bytes, seconds: took } = await ask(target, seconds);
    const [p50, p90, p99] = [50, 90, 99].map((share) => microseconds(histogram.percentile(share)));
    const { count } = histogram;
    const latency = { p50, p90, p99, max: microseconds(histogram.max) };
    const sample = { id: target.id, run, count, failed, fault, bytes, rate: Math.round(count / took), latency };
    console.log(JSON.stringify(sample));
  }
}
