// Runs in a container: asks addresses as fast as they answer, from its start until its time is over, or until some time after
// SIGTERM, as an application that finishes its work does. Its counts go where Kubernetes reads a container's last words.
import { writeFileSync } from "node:fs";
import { Agent, request } from "node:http";

const { seconds = Number.POSITIVE_INFINITY, drainSeconds = 0, targets } = JSON.parse(process.env.LOAD);
const timeoutMs = 5000;
const started = Date.now();
let end = started + seconds * 1000;
let endedBy = "time";
process.once("SIGTERM", () => {
  endedBy = "SIGTERM";
  end = Math.min(end, Date.now() + drainSeconds * 1000);
});

/** What was wrong with an answer; undefined for a good one. */
const ask = ({ url, body, expect }, agent) =>
  new Promise((resolve) => {
    const headers = body ? { "content-type": "application/json" } : {};
    const sent = request(url, { agent, headers, method: body ? "POST" : "GET", timeout: timeoutMs }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("error", (error) => resolve(error.message));
      response.on("end", () => {
        const good = response.statusCode === 200 && text.includes(expect);
        resolve(good ? undefined : `${response.statusCode} ${text.slice(0, 100)}`);
      });
    });
    sent.on("timeout", () => sent.destroy(new Error(`no answer in ${timeoutMs} ms`)));
    sent.on("error", (error) => resolve(error.code ?? error.message));
    sent.end(body && JSON.stringify(body));
  });

async function askOn(agent, target, count) {
  while (Date.now() < end) {
    const fault = await ask(target, agent);
    count.asked += 1;
    if (fault === undefined) continue;
    count.failed += 1;
    if (count.faults.length < 3) count.faults.push(`after ${Date.now() - started} ms: ${fault}`);
  }
}

const counts = await Promise.all(
  targets.map(async (target) => {
    const agent = new Agent({ keepAlive: true, maxSockets: target.connections });
    const count = { url: target.url, asked: 0, failed: 0, faults: [] };
    await Promise.all(Array.from({ length: target.connections }, () => askOn(agent, target, count)));
    return count;
  }),
);
writeFileSync("/dev/termination-log", JSON.stringify({ endedBy, seconds: (Date.now() - started) / 1000, counts }));
process.exit(0);
