import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Call, cluster, live, play } from "./play.ts";

const test = suite("live");

const others: Record<string, Call> = {
  "up on a cluster": (lab, dag) => lab.up("local", [], ...cluster(dag)),
  "diagnostics of a cluster": (lab, dag) => lab.diagnostics(...cluster(dag)),
};
for (const [name, call] of Object.entries({ ...live, ...others })) {
  test(`live :: ${name} repeats no command of an earlier call`, async () => {
    const twice = async () => (await play(call)).commands;
    const runs = [...(await twice()), ...(await twice())]
      .filter(({ words }) => !words.startsWith("kubectl config") && !words.startsWith("cp "))
      .map(({ run }) => run);
    assert.ok(runs.length >= 2 && runs.every((run) => typeof run === "string"));
    assert.is(new Set(runs).size, runs.length);
  });
}

for (const [name, call] of Object.entries(live)) {
  test(`socket :: ${name} mounts it into Docker's client alone, and says once what it grants`, async () => {
    const { commands, said } = await play(call);
    for (const { socket, image, words } of commands) assert.equal([socket, image], [true, "docker:28.5.2-cli"], words);
    assert.is(said.filter((line) => line.includes("root on this machine")).length, 1);
  });
}

test("socket :: Docker Desktop is told what it needs", async () => {
  const desktop = { command: /^docker version/, stdout: "Docker Desktop 4.40.0 (187762)\n" };
  const { said } = await play(live.status, desktop);
  assert.ok(said.some((line) => /host networking/.test(line)));
  assert.is((await play(live.status)).said.length, 1);
});

test.run();
