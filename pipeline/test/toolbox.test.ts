import { suite } from "uvu";
import * as assert from "uvu/assert";
import { profileName } from "../../apps/lab/src/commands/option-values.ts";
import { type Call, holding, live, play, sequence, usual, values } from "./play.ts";
import { type Recording, record } from "./record.ts";

const test = suite("toolbox");

const { up, down, verify, status, "verify-object-store": verifyBucket } = live;

/** What a command names in the machine's Docker: containers and volumes. */
const names = (words: string): string[] =>
  [...words.matchAll(/--name (\S+)|--volume ([^:]+):\/state|volume rm (\S+)/g)].flatMap((found) =>
    found.slice(1).filter((name) => name !== undefined),
  );

for (const [name, call] of Object.entries(live)) {
  test(`names :: ${name} gives none that minikube could give, which allows no dot in a profile's`, async () => {
    const given = sequence(await play(call)).flatMap(names);
    assert.ok(given.length > 0);
    for (const each of given) {
      assert.throws(() => profileName(each), /expected letters, digits and dashes/, each);
      assert.match(each, /^flipt-sidecar-lab\./);
    }
  });
}
test("names :: those of profiles are seen", () => {
  assert.equal(names("docker run --name a-b --volume flipt-sidecar-lab:/state x"), ["a-b", "flipt-sidecar-lab"]);
  for (const profile of ["flipt-sidecar-lab", "flipt-sidecar-lab-verify-local"]) profileName(profile);
});

// ---

test("in the way :: its name is free when the next command begins", async () => {
  const looks = { command: /name=\^\/\?flipt-sidecar-lab.up\$/, stdout: "5eed\n" };
  const words = sequence(await play(up, holding(orphan("up")), looks));
  const at = (part: string): number[] => words.flatMap((each, index) => (each.includes(part) ? [index] : []));
  const waiting = at("name=^/?flipt-sidecar-lab.up$");
  assert.is(waiting.length, 30);
  assert.ok((at("docker wait")[0] ?? 0) < (waiting[0] ?? 0) && (waiting.at(-1) ?? 0) < (at(" up --on")[0] ?? 0));
});

const ending = ({ commands }: Recording): string[] =>
  commands.flatMap(({ words }) => (/^docker (stop|wait|rm) /.test(words) ? [words] : []));
const orphan = (act: string, state = "running"): string => `flipt-sidecar-lab.${act}\t${state}\t2 minutes ago`;
const stranger = "somebody\trunning\t2 minutes ago";

for (const [what, call, others, done, line] of [
  [
    "an up waits for an up",
    up,
    [orphan("up"), stranger],
    ["docker wait flipt-sidecar-lab.up"],
    `"up", begun 2 minutes ago, is still running on this machine's Docker; waiting for its end; to end it: docker stop flipt-sidecar-lab.up`,
  ],
  [
    "a verify waits for a down",
    verify,
    [orphan("down")],
    ["docker wait flipt-sidecar-lab.down"],
    `"down", begun 2 minutes ago, is still running on this machine's Docker; waiting for its end; to end it: docker stop flipt-sidecar-lab.down`,
  ],
  [
    "a down ends whatever has the state, so that the volume can go, and nothing of others",
    down,
    [orphan("up"), orphan("status-5eed"), orphan("diagnostics-5eed", "created"), stranger],
    [
      "docker stop flipt-sidecar-lab.up",
      "docker stop flipt-sidecar-lab.status-5eed",
      "docker rm flipt-sidecar-lab.diagnostics-5eed",
    ],
    `"up", begun 2 minutes ago, is still running on this machine's Docker; it is ended first`,
  ],
  [
    "an up that never began is removed, since its name is taken",
    up,
    [orphan("up", "created")],
    ["docker rm flipt-sidecar-lab.up"],
    `"up", begun 2 minutes ago, is still created on this machine's Docker; it is removed`,
  ],
] as [string, Call, string[], string[], string][]) {
  test(`in the way :: ${what}`, async () => {
    const recording = await play(call, holding(...others));
    assert.is(recording.error, "");
    assert.equal(ending(recording), done);
    assert.ok(recording.said.includes(line), recording.said.join("\n"));
  });
}

for (const [what, call, other] of [
  ["verifications of two modes", verifyBucket, "verify-local"],
  ["a status beside an up", status, "up"],
  ["an up beside a status", up, "status-5eed"],
] as [string, Call, string][]) {
  test(`not in the way :: ${what}`, async () => {
    const recording = await play(call, holding(orphan(other)));
    assert.equal([recording.error, ending(recording)], ["", []]);
  });
}

test("in the way :: one that has ended meanwhile is no error", async () => {
  const gone = { command: /^docker wait/, exit: 1, stderr: "Error response from daemon: No such container\n" };
  assert.is((await play(up, holding(orphan("up")), gone)).error, "");
});

// ---

const mounted = (recording: Recording): string[] => [
  ...new Set(sequence(recording).flatMap((words) => /source=([^,]+),/.exec(words)?.[1] ?? [])),
];
const path = "unix:///run/user/1000/docker.sock";

test("socket :: the one that was given is mounted, by its path on Docker's machine", async () => {
  const recording = await record(status, usual, values, { path });
  assert.equal(mounted(recording), ["/run/user/1000/docker.sock"]);
});

test("socket :: where only the usual one leads to that Docker, as on Docker Desktop, it is mounted", async () => {
  const none = {
    command: /source=\/run\/user/,
    exit: 125,
    stderr: "docker: Error response from daemon: no such path.\n",
  };
  const recording = await record(status, [none, ...usual], values, { path });
  assert.is(recording.error, "");
  assert.equal(mounted(recording), ["/run/user/1000/docker.sock", "/var/run/docker.sock"]);
});

test("socket :: one behind which another Docker answers is refused, and nothing is done there", async () => {
  const other = { command: / ps --all --no-trunc /, stdout: orphan("up") };
  const recording = await play(up, other);
  assert.is(
    recording.error,
    "the toolbox cannot drive the Docker of --docker: behind /var/run/docker.sock another one answers; name its socket for both: LAB_DOCKER=unix:///PATH dagger call …",
  );
  assert.match(sequence(recording).at(-1) ?? "", / ps --all --no-trunc /);
});

// ---

const old = (labels: string) => ({ command: /^docker volume ls --filter/, stdout: `flipt-sidecar-lab ${labels}\n` });
const content = (...found: string[]) => ({ command: /--entrypoint ls/, stdout: `${found.join("\n")}\n` });

for (const [what, answers, removed] of [
  ["that of an earlier version of the module is removed, with a line", [old(""), content("kubeconfig", "runs")], true],
  ["a node's /var stays", [old("name.minikube.sigs.k8s.io=flipt-sidecar-lab"), content("lib", "log")], false],
  ["one of somebody's stays", [old(""), content("pictures")], false],
  ["there is none", [content("runs")], false],
] as const) {
  test(`a volume that is called as the profile :: ${what}`, async () => {
    const recording = await play(up, ...answers);
    assert.is(sequence(recording).includes("docker volume rm flipt-sidecar-lab"), removed);
    const line = 'removed volume "flipt-sidecar-lab": an earlier version of this module kept its state in it';
    assert.is(recording.said.includes(line), removed);
  });
}

test.run();
