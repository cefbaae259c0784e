import { resolve } from "node:path";
import { Command, Option } from "commander";
import type { Location, Settings } from "../drivers/driver.ts";
import { type RingName, ringNames } from "../drivers/index.ts";
import { noSeed as emptySeed, readSeed, type Seed } from "../seed.ts";
import { collect, count, duration, modeName, oneOf, profileName } from "./option-values.ts";

const folder = (text: string): string => resolve(text);

/** An option with a value of its own type. */
const valued = <T>(flags: string, description: string, parse: (text: string, earlier: T) => T, value?: T): Option =>
  new Option(flags, description).argParser(parse).default(value);

const on = valued(
  "--on <ring>",
  "where the lab runs: process, kubernetes or minikube",
  oneOf(ringNames),
  "process" as const,
);
const dir = valued("--dir <folder>", "process: folder of all the lab's state", folder, folder(".lab"));
const context = new Option("--context <name>", "kubernetes: the kubeconfig's context (default: the current one)");
const namespace = new Option("--namespace <name>", "kubernetes, minikube: the namespace").default("default");
const profile = valued(
  "--profile <name>",
  "minikube: the profile, a cluster of its own",
  profileName,
  "flipt-sidecar-lab",
);
const kubeconfig = valued(
  "--kubeconfig <file>",
  "kubernetes, minikube: the kubeconfig (default: as kubectl finds it)",
  folder,
);
const dagger = new Option("--dagger <options>", "for the Dagger module: how it calls us").env("LAB_DAGGER").hideHelp();
const memory = new Option("--memory <size>", "minikube: memory of a new profile").default("4g");
const cpus = valued("--cpus <number>", "minikube: processors of a new profile", count, 2);
const mode = valued(
  "--mode <mode>",
  "how the copy travels: local or object-store",
  modeName as (text: string) => string,
  "local",
);
const component = valued<string[]>(
  "--component <name>",
  "kubernetes, minikube: what to add: a name in k8s/components, or a folder such as ./mine; may be repeated",
  collect,
  [],
);
const every = valued("--every <duration>", "process: time between two scheduled exports", duration, 60);
const poll = valued(
  "--poll <duration>",
  "process: time between two polls of the sidecar (local: the emulator only, Flipt's is fixed)",
  duration,
);
const flipt = new Option(
  "--flipt <program>",
  "process: emulator, or the path of a Flipt v1 (default: FLIPT_BIN, flipt on PATH, the emulator)",
);
const host = new Option("--host <address>", "process: address to listen on").default("127.0.0.1");
const anyPort = new Option("--any-port", "process: listen on any free ports instead of the usual ones").default(false);

/** What a new master starts with. */
export const seed = valued(
  "--seed <file>",
  "what a new master starts with: a document as Flipt v1 exports and imports it",
  folder,
);
export const noSeed = new Option("--no-seed", "start a new master without a flag");

/** The options that several commands share, in groups: what a group means is said once. */
export const shared = {
  /** Which minikube profile. */
  profile: [profile, kubeconfig, dagger],
  /** How large a new profile is. */
  machine: [memory, cpus],
  /** What a lab consists of. */
  content: [mode, component],
  /** Where a lab is. */
  location: [on, dir, context, namespace, profile, kubeconfig, dagger],
  /** How local processes run. */
  processes: [every, poll, flipt, host, anyPort],
};

/** All options of a command that starts a lab. */
export const starting: Option[] = [...shared.location, ...shared.content, ...shared.machine, ...shared.processes];

/** The options of a location, as commander hands them over. */
export interface Located extends Location {
  on: RingName;
}

/** The options of a command that starts a lab, as commander hands them over. */
export interface Starting extends Omit<Settings, "components" | "exportSeconds" | "pollSeconds" | "evidence" | "seed"> {
  on: RingName;
  component: string[];
  every: number;
  poll: number | undefined;
  /** A file, or false for none; left out where a command has no such option, and for the lab's own. */
  seed?: string | false;
}

/** The document that was asked for; undefined for the lab's own. */
const readDocument = async (asked: string | false | undefined): Promise<Seed | undefined> =>
  asked === false ? emptySeed : asked === undefined ? undefined : readSeed(asked);

/**
 * The settings that the options of a command come to. Evidence of a failure has a folder for each command and mode.
 *
 * @throws {Fault} for a seed that Flipt would not load
 */
export async function toSettings(command: string, options: Starting): Promise<Settings> {
  const { component, every, poll, seed: asked, ...rest } = options;
  return {
    ...rest,
    evidence: folder(`lab-failure/${command}-${options.mode}`),
    components: component,
    exportSeconds: every,
    pollSeconds: poll,
    seed: await readDocument(asked),
  };
}

/** A command with its description and options. */
export function define(name: string, description: string, options: Option[]): Command {
  const command = new Command(name).description(description);
  for (const option of options) command.addOption(option);
  return command;
}
