import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { Command, CommanderError } from "commander";
import { addBench } from "./commands/bench.ts";
import { addCluster } from "./commands/cluster.ts";
import { diagnostics } from "./commands/diagnostics.ts";
import { exportNow } from "./commands/export.ts";
import { importFile } from "./commands/import.ts";
import { status } from "./commands/status.ts";
import { verify } from "./commands/verify.ts";
import type { Place, Surroundings } from "./drivers/driver.ts";
import { findDriver, type RingName, ringNames } from "./drivers/index.ts";
import { Fault, oneLine } from "./fault.ts";
import { collect, count, duration, modeName, oneOf, pattern, profileName } from "./options.ts";
import { Screen } from "./report/screen.ts";
import { noSeed, readSeed, type Seed } from "./seed.ts";

// The AWS SDK's notice about Node 20 is none of ours to give.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = "true";

const usage = 3;
const screen = new Screen(process.stdout);
const progress = new Screen(process.stderr);
const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => interrupted.abort());
// Nobody reads any more, as behind `| head`: the same as Ctrl-C, or the lab would die and leave its parts.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => interrupted.abort());

const folder = (text: string): string => resolve(text);
const program = new Command("lab")
  .description(
    "Runs Flipt as a sidecar that is fed from a copy of its master, proves that it works and shows where it stands",
  )
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, "lab: ")) });

const surroundings = (shown: Screen): Surroundings => ({
  env: process.env,
  screen: shown,
  signal: interrupted.signal,
});

interface Somewhere extends Place {
  on: RingName;
}

const withProfile = (command: Command): Command =>
  command
    .option("--profile <name>", "minikube: the profile, a cluster of its own", profileName, "flipt-sidecar-lab")
    .option("--kubeconfig <file>", "kubernetes, minikube: the kubeconfig (default: as kubectl finds it)", folder);

const withMachine = (command: Command): Command =>
  command
    .option("--memory <size>", "minikube: what a new profile gets", "4g")
    .option("--cpus <number>", "minikube: what a new profile gets", count, 2);

const withContent = (command: Command): Command =>
  command
    .option("--mode <mode>", "how the copy travels: local or object-store", modeName, "local" as const)
    .option(
      "--component <name>",
      "kubernetes, minikube: what to add: a name in k8s/components, or a folder such as ./mine; may be repeated",
      collect,
      [],
    );

const command = (name: string, description: string, namespace = "default"): Command =>
  withProfile(
    program
      .command(name)
      .description(description)
      .option(
        "--on <ring>",
        "where the lab runs: process, kubernetes or minikube",
        oneOf(ringNames),
        "process" as const,
      )
      .option("--dir <folder>", "process: folder of all the lab's state", folder, folder(".lab"))
      .option("--context <name>", "kubernetes: the kubeconfig's context (default: the current one)")
      .option("--namespace <name>", "kubernetes, minikube: the namespace", namespace),
  );

const running = (name: string, description: string, namespace?: string): Command =>
  withMachine(withContent(command(name, description, namespace)))
    .option("--every <duration>", "process: time between two scheduled exports", duration, 60)
    .option(
      "--poll <duration>",
      "process: time between two polls of the sidecar (local: the emulator only, Flipt's is fixed)",
      duration,
    )
    .option(
      "--flipt <program>",
      "process: emulator, or the path of a Flipt v1 (default: FLIPT_BIN, flipt on PATH, the emulator)",
    )
    .option("--host <address>", "process: address to listen on", "127.0.0.1")
    .option("--any-port", "process: listen on any free ports instead of the usual ones", false);

const withSeed = (command: Command): Command =>
  command
    .option("--seed <file>", "what a new master starts with: a document as Flipt v1 exports and imports it", folder)
    .option("--no-seed", "start a new master without a flag");

/** The document that was asked for; undefined for the lab's own. */
const seedOf = async (asked: string | false | undefined): Promise<Seed | undefined> =>
  asked === false ? noSeed : asked === undefined ? undefined : readSeed(asked);

withSeed(running("up", "start the lab; on process: show one change travel and run until Ctrl-C"))
  .option("--no-demo", "do not show a change travel")
  .action(async ({ on, demo, every, poll, component, seed, ...options }) => {
    const asked = await seedOf(seed);
    const settings = { ...options, components: component, exportSeconds: every, pollSeconds: poll, seed: asked };
    await (await findDriver(on)).up(settings, demo, surroundings(screen));
  });

withSeed(
  running("verify", "prove each fact of a mode, on the running lab or on one of its own; exit 1 when one is false"),
)
  .option("--only <regex>", "only steps whose group or title matches", pattern)
  .option("--output <format>", "text, json or junit", oneOf(["text", "json", "junit"]), "text")
  .action(async ({ on, every, poll, component, seed, ...options }) => {
    const asked = await seedOf(seed);
    const settings = { ...options, components: component, exportSeconds: every, pollSeconds: poll, seed: asked };
    const screens = { result: screen, progress };
    process.exitCode = await verify(await findDriver(on), settings, process.env, screens, interrupted.signal);
  });

const measuring = "flipt-sidecar-lab-bench";
addBench(
  running("bench", "measure latency, throughput, propagation and cost, on a lab of its own that is removed", measuring),
  { result: screen, progress, env: process.env, signal: interrupted.signal },
);

const find = async ({ on, ...place }: Somewhere, shown: Screen) =>
  (await findDriver(on)).find(place, surroundings(shown));

command("status", "say where each hop of the copy stands; exit 1 when the copy is broken")
  .option("--output <format>", "text or json", oneOf(["text", "json"]), "text")
  .action(async ({ output, ...place }) => {
    process.exitCode = await status(await find(place, output === "text" ? screen : progress), output, screen);
  });

command("export", "run the exporter now; the exit code is the exporter's")
  .option("--allow-empty", "publish a state without any flag, this once")
  .option("--allow-shrink", "publish a state that lost a namespace or most flags of one, this once")
  .action(async ({ allowEmpty, allowShrink, ...place }) => {
    process.exitCode = await exportNow(await find(place, progress), { allowEmpty, allowShrink }, screen);
  });

command("import", "bring a document into the master of a running lab; what is there stays as it is")
  .argument("<file>", "a document as Flipt v1 exports and imports it", folder)
  .action(async (file, place) => {
    const seed = await readSeed(file);
    await importFile(await find(place, progress), seed, screen, interrupted.signal);
  });

command("down", "end the lab, also a crashed one, and remove its state")
  .option("--keep", "leave the state for the next start", false)
  .action(async ({ on, keep, ...place }) => (await findDriver(on)).down(place, keep, surroundings(screen)));

command("diagnostics", "write states, events and logs of now into a folder, whatever runs and whatever not")
  .option("--output <folder>", "the folder (default: a new .lab-diagnostics)", folder)
  .action(async ({ on, output, ...place }) => {
    const target = output ?? folder(".lab-diagnostics");
    if (!output) await rm(target, { recursive: true, force: true });
    await diagnostics(await findDriver(on), place, target, surroundings(screen));
  });

addCluster(program, {
  result: screen,
  surroundings: surroundings(screen),
  place: withProfile,
  machine: withMachine,
  content: withContent,
});

/** The exit code for what was thrown; what a person has to read is printed. */
function tell(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : usage;
  if (interrupted.signal.aborted) return 130;
  if (process.env.LAB_DEBUG && error instanceof Error) progress.print(String(error.stack));
  progress.print(`lab: ${oneLine(error)}`);
  if (!(error instanceof Fault)) return 2;
  if (error.note) progress.print(`  ${error.note}`);
  if (error.tail)
    progress.print(`  the end of ${error.part}'s log:`, ...error.tail.split("\n").map((line) => `  | ${line}`));
  return error.exit;
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = tell(error);
}
