import { suite } from "uvu";
import * as assert from "uvu/assert";
import { describeStep, explain, type MinikubeEvent, parseEvent, squeeze } from "../../src/drivers/minikube/events.ts";

/** Lines of v1.38.1 as they came. */
const line = (type: string, data: object): string =>
  JSON.stringify({
    specversion: "1.0",
    id: "315b4c0c-fb27-4754-87fe-048288cc1079",
    source: "https://minikube.sigs.k8s.io/",
    type: `io.k8s.sigs.minikube.${type}`,
    datacontenttype: "application/json",
    data,
  });

const events = (...lines: string[]): MinikubeEvent[] => lines.flatMap((text) => parseEvent(text) ?? []);

const parsing = suite("events");

parsing("parse :: a step", () => {
  const data = {
    currentstep: "5",
    message: "Pulling base image v0.0.50 ...",
    name: "Pulling Base Image",
    totalsteps: "19",
  };
  assert.equal(parseEvent(line("step", data)), { kind: "step", data });
});
for (const [what, text] of [
  ["klog", "E1124 14:09:27.311598   26252 cache.go:239] Error downloading kic artifacts"],
  ["bare JSON", '{"invalid":[],"valid":[]}'],
  ["another event", '{"type":"com.example.step","data":{}}'],
  ["null", "null"],
  ["nothing", ""],
] as const) {
  parsing(`parse :: ${what} is no event`, () => assert.is(parseEvent(text), undefined));
}

for (const [what, type, data, told] of [
  [
    "a step",
    "step",
    { currentstep: "5", totalsteps: "19", name: "Pulling Base Image", message: "Pulling …" },
    " 5/19 Pulling Base Image: Pulling …",
  ],
  [
    "one that says its name",
    "step",
    { currentstep: "19", totalsteps: "19", name: "Done", message: "Done" },
    "19/19 Done",
  ],
  ["an info", "info", { message: "KUBECONFIG=/x" }, undefined],
  ["a step out of the count", "step", { message: "Deleting" }, undefined],
] as const) {
  parsing(`step :: ${what}`, () => {
    const [event] = events(line(type, data));
    assert.is(event && describeStep(event), told);
  });
}

parsing("squeeze :: one line, both ends of a long one", () => {
  assert.is(squeeze(" a\n\tb  c "), "a b c");
  const text = squeeze(`begin ${"x".repeat(2000)} end`);
  assert.match(text, /^begin x+ … x+ end$/);
  assert.ok(text.length < 450);
});

const rootWarning = line("error", { message: 'The "docker" driver should not be used with root privileges.' });
const end = (name: string, exitcode: string, message: string, advice: string): string =>
  line("error", { advice, exitcode, issues: "", message, name, url: "" });

for (const [what, lines, stderr, told] of [
  [
    "the last error with an exit code",
    [
      rootWarning,
      line("error", { message: "StartHost failed, but will try again: x" }),
      end("INET_LOOKUP_HOST", "48", "Failed to start host:\n y", "Verify"),
    ],
    "",
    "INET_LOOKUP_HOST: Failed to start host: y; Verify",
  ],
  [
    "what led to it, when that had an exit code too",
    [
      end("PROVIDER_DOCKER_NOT_RUNNING", "63", "Cannot connect", "Start the Docker service"),
      end("MK_USAGE", "14", "Ensure your Docker is running and is healthy.", ""),
    ],
    "",
    "MK_USAGE: Ensure your Docker is running and is healthy. (PROVIDER_DOCKER_NOT_RUNNING: Cannot connect; Start the Docker service)",
  ],
  [
    "the line on stderr where there is no event, klog aside",
    [],
    `\nX Exiting due to MK_USAGE: loading profile: cluster "x" does not exist\n\n* Advice\nE1124 08:39:42.163244 1 a.go:1] b\n`,
    'MK_USAGE: loading profile: cluster "x" does not exist',
  ],
  ["the last line of stderr", [rootWarning], "panic: oh\n", "panic: oh"],
  [
    "the last event when nothing else says a word",
    [rootWarning],
    "",
    'The "docker" driver should not be used with root privileges.',
  ],
  ["nothing at all", [], "", "it said nothing"],
] as [string, string[], string, string][]) {
  parsing(`explain :: ${what}`, () => assert.is(explain(events(...lines), stderr), told));
}
parsing.run();
