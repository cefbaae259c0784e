import { type Recording, record } from "./record.ts";
import type { Answer } from "./recorder.ts";

export type Call = Parameters<typeof record>[0];
type Dag = Parameters<Call>[1];

export const id = (letter: string): string => `sha256:${letter.repeat(64)}`;

/** What the commands answer that every call needs. */
export const loaded: Answer = { command: /^docker load/, stdout: `Loaded image ID: ${id("a")}\n` };
export const running: Answer = { command: / status /, stdout: "mode local\n✓  flipt-master\nin step\n" };
const created: Answer = { command: /^docker create/, stdout: "5eed\n" };
const names: Answer = { command: /config view/, stdout: "mine\nother" };

export const socket = (dag: Dag) => dag.host().unixSocket("/var/run/docker.sock");

/** The last three arguments of a function that takes a cluster, without a socket. */
export const cluster = (dag: Dag) =>
  [undefined, dag.host().file("/kubeconfig"), dag.host().service([{ backend: 6443, frontend: 6443 }])] as const;

/** Calls a function where everything answers as it should, but for what is given. */
export const play = (call: Call, ...answers: Answer[]): Promise<Recording> =>
  record(call, [...answers, loaded, running, created, names], { endpoint: "127.0.0.1:6443" });

/** The commands, in order, as lines. */
export const sequence = ({ commands }: Recording): string[] => commands.map(({ words }) => words);
