import { type Recording, record } from "./record.ts";
import type { Answer } from "./recorder.ts";

export type Call = Parameters<typeof record>[0];
type Dag = Parameters<Call>[1];

export const id = (letter: string): string => `sha256:${letter.repeat(64)}`;

/** What the commands answer that every call needs. */
const loaded: Answer = { command: /^docker load/, stdout: `Loaded image ID: ${id("a")}\n` };
const running: Answer = { command: / status /, stdout: "mode local\n✓  flipt-master\nin step\n" };
const created: Answer = { command: /^docker create/, stdout: "5eed\n" };
const names: Answer = { command: /config view/, stdout: "mine\nother\nhttps://10.0.0.5:6443\nown" };

/** What lists the containers that hold the state: the one that asks, when its socket is the right one, and those given. */
export const holding = (...others: string[]): Answer => ({
  command: / ps --all --no-trunc /,
  stdout: (words) => [`${/--name (\S+)/.exec(words)?.[1]}\trunning\tnow`, ...others].join("\n"),
});

export const socket = (dag: Dag) => dag.host().unixSocket("/var/run/docker.sock");

/** The last three arguments of a function that takes a cluster, without a socket. */
export const cluster = (dag: Dag) =>
  [undefined, dag.host().file("/kubeconfig"), dag.host().service([{ backend: 6443, frontend: 6443 }])] as const;

/** The functions that work on this machine's Docker. */
export const live = {
  up: (lab, dag) => lab.up("local", [], socket(dag)),
  verify: (lab, dag) => lab.verify("local", [], socket(dag)),
  "verify-object-store": (lab, dag) => lab.verifyObjectStore(socket(dag)),
  status: (lab, dag) => lab.status(socket(dag)),
  kubeconfig: (lab, dag) => lab.kubeconfig(socket(dag)),
  diagnostics: (lab, dag) => lab.diagnostics(socket(dag)),
  down: (lab, dag) => lab.down(socket(dag)),
} satisfies Record<string, Call>;

/** All that answers as it should. */
export const usual = [loaded, running, created, names, holding()];
export const values = { endpoint: "127.0.0.1:6443", digest: "xxh3:5eed", name: "kubeconfig" };

/** Calls a function where everything answers as it should, but for what is given. */
export const play = (call: Call, ...answers: Answer[]): Promise<Recording> =>
  record(call, [...answers, ...usual], values);

/** The commands, in order, as lines. */
export const sequence = ({ commands }: Recording): string[] => commands.map(({ words }) => words);
