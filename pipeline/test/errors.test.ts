import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Call, live, play, socket } from "./play.ts";
import type { Answer } from "./recorder.ts";

const test = suite("errors");

for (const [what, call, answer, line, commands] of [
  ["no socket", (lab) => lab.up("local"), [], "no Docker socket: add --docker unix:///var/run/docker.sock", 0],
  [
    "dead socket",
    live.status,
    [{ command: /^docker version/, exit: 1, stderr: 'error during connect: Get "http://x/version": EOF\n' }],
    'Docker does not answer: error during connect: Get "http://x/version": EOF (exit 1); is it running, and is --docker its socket?',
    1,
  ],
  [
    "unknown mode",
    (lab, dag) => lab.up("s3", [], socket(dag)),
    [],
    'unknown mode "s3": expected local or object-store',
    0,
  ],
  [
    "unknown component",
    (lab, dag) => lab.verify("local", ["emu"], socket(dag)),
    [],
    'unknown component "emu": expected fast or flipt-emulator or real-s3 or token',
    0,
  ],
  [
    "half a cluster",
    (lab, dag) => lab.status(socket(dag), dag.host().file("kubeconfig")),
    [],
    "half of a cluster: give both --kubeconfig FILE and --api tcp://127.0.0.1:PORT, or none of them",
    0,
  ],
  [
    "a pod that does not start",
    live.up,
    [
      {
        command: / up --on/,
        exit: 2,
        stderr: "step 1\nlab: minio: not ready\n  states, events and logs: /state/runs/lab-failure/up-local\n",
      },
    ],
    "up failed: minio: not ready (exit 2); to see why: dagger call diagnostics -o ./diagnostics",
    undefined,
  ],
  [
    "a toolbox that does not start",
    live.status,
    [
      {
        command: /^docker run/,
        exit: 125,
        stderr: "docker: Error response from daemon: no space left.\n\nRun 'docker run --help'\n",
      },
    ],
    "the toolbox cannot drive the Docker of --docker: with /var/run/docker.sock: Error response from daemon: no space left. (exit 125); name its socket for both: LAB_DOCKER=unix:///PATH dagger call …",
    undefined,
  ],
  [
    "a copy that is broken",
    live.status,
    [{ command: / status /, exit: 1, stdout: "mode local\nbroken: flipt-sidecar does not answer\n" }],
    "status failed: broken: flipt-sidecar does not answer (exit 1); to see why: dagger call diagnostics -o ./diagnostics",
    undefined,
  ],
  [
    "a load without an image",
    live.status,
    [{ command: /^docker load/, stdout: "hm\n" }],
    'load of image "toolbox" failed: docker load named no image: hm; is there room on Docker\'s disk?',
    undefined,
  ],
  [
    "no lab",
    live.kubeconfig,
    [{ command: /kubeconfig/, exit: 2, stderr: "lab: no profile\n" }],
    "kubeconfig failed: no profile (exit 2); start a lab: dagger call up",
    undefined,
  ],
] as [string, Call, Answer[], string, number | undefined][]) {
  test(`error :: ${what}`, async () => {
    const recording = await play(call, ...answer);
    assert.is(recording.error, line);
    if (commands !== undefined) assert.is(recording.commands.length, commands, "nothing was done before");
    if (commands !== undefined) assert.is(recording.builds.size, 0, "nothing was built before");
  });
}

test.run();
