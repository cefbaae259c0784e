import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Call, cluster, play, socket } from "./play.ts";

const test = suite("live");

const live: [string, Call][] = [
  ["up", (lab, dag) => lab.up("local", [], socket(dag))],
  ["verify", (lab, dag) => lab.verify("object-store", [], socket(dag))],
  ["status", (lab, dag) => lab.status(socket(dag))],
  ["down", (lab, dag) => lab.down(socket(dag))],
  ["kubeconfig", (lab, dag) => lab.kubeconfig(socket(dag))],
  ["diagnostics", (lab, dag) => lab.diagnostics(socket(dag))],
  ["up on a cluster", (lab, dag) => lab.up("local", [], ...cluster(dag))],
  ["diagnostics of a cluster", (lab, dag) => lab.diagnostics(...cluster(dag))],
];
for (const [name, call] of live) {
  test(`live :: ${name} repeats no command of an earlier call`, async () => {
    const twice = async () => (await play(call)).commands;
    const runs = [...(await twice()), ...(await twice())]
      .filter(({ words }) => !words.startsWith("kubectl config") && !words.startsWith("cp "))
      .map(({ run }) => run);
    assert.ok(runs.length >= 2 && runs.every((run) => typeof run === "string"));
    assert.is(new Set(runs).size, runs.length);
  });
}

for (const [name, call] of live.filter(([name]) => !name.includes("cluster"))) {
  test(`socket :: ${name} mounts it into Docker's client alone, and says once what it grants`, async () => {
    const { commands, said } = await play(call);
    for (const { socket, image, words } of commands) assert.equal([socket, image], [true, "docker:28.5.2-cli"], words);
    assert.is(said.filter((line) => line.includes("root on this machine")).length, 1);
  });
}

test("socket :: Docker Desktop is told what it needs", async () => {
  const desktop = { command: /^docker version/, stdout: "Docker Desktop 4.40.0 (187762)\n" };
  const { said } = await play((lab, dag) => lab.status(socket(dag)), desktop);
  assert.ok(said.some((line) => /host networking/.test(line)));
  assert.is((await play((lab, dag) => lab.status(socket(dag)))).said.length, 1);
});

test.run();
