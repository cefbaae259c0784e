import { ask, askFor, findSwitch, type Place, switchFlag } from "./flipt.ts";
import type { ExportRun, Lab } from "./lab.ts";
import type { Screen } from "./report/screen.ts";
import { until } from "./until.ts";

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

async function answer(base: string, place: Place): Promise<boolean | undefined> {
  const { path, body } = askFor(place);
  const { status, body: reply } = await ask(base, path, { method: "POST", body });
  return status === 200 ? (reply as { enabled: boolean }).enabled : undefined;
}

/**
 * Shows one change travel: a flag switched on the master, the exporter's next scheduled run, the sidecar's new answer. Where
 * no flag is there to be switched, it says so.
 *
 * @throws {Error} when the change does not arrive within one interval of the exporter and two polls of the sidecar
 */
export async function showChange(lab: Lab, screen: Screen, signal: AbortSignal): Promise<void> {
  const { master, sidecar } = lab.addresses;
  const place = await findSwitch(master);
  if (!place)
    return screen.print("no change is shown: there is no boolean flag without rollouts that could be switched");
  const { namespaceKey, flag } = place;
  const name = namespaceKey === "default" ? flag.key : `${namespaceKey}/${flag.key}`;
  const wanted = !flag.enabled;
  const begun = Date.now();
  const say = (at: number, text: string): void =>
    screen.print(`  ${new Date(at).toTimeString().slice(0, 8)}  +${seconds(at - begun).padStart(7)}  ${text}`);
  screen.print("one change travels:");
  await switchFlag(master, namespaceKey, flag.key, wanted);
  say(
    begun,
    `flag "${name}" is switched ${wanted ? "on" : "off"} on flipt-master; flipt-sidecar still answers ${await answer(sidecar, place)}`,
  );

  const run = await scheduledRun(lab, begun, screen, signal);
  say(run.started, "the exporter's scheduled run starts");
  if (run.exit !== 0) throw new Error(`the export failed with exit code ${run.exit}: ${run.line}`);
  say(run.ended, `the exporter is done: ${run.line}`);

  const patience = 2 * lab.intervals.poll + 5;
  await until(`the answer ${wanted}`, { seconds: patience, everyMs: 100, signal }, async () => {
    const seen = await answer(sidecar, place);
    screen.update(
      `  … the sidecar polls each ${lab.intervals.poll} s: ${seconds(Date.now() - run.ended)} since the export`,
    );
    return seen === wanted ? { value: true } : { seen: `flipt-sidecar answers ${seen}` };
  });
  say(Date.now(), `flipt-sidecar answers ${wanted}`);
}

/** The first scheduled run that started after a moment, counted down to. */
async function scheduledRun(lab: Lab, after: number, screen: Screen, signal: AbortSignal): Promise<ExportRun> {
  const due = await lab.nextExport();
  return until<ExportRun>(
    "a scheduled export",
    { seconds: lab.intervals.export + 75, everyMs: 200, signal },
    async () => {
      const left = due - Date.now();
      screen.update(
        left > 0 ? `  … the exporter's next scheduled run is in ${Math.ceil(left / 1000)} s` : "  … the exporter runs",
      );
      const run = (await lab.exports()).find(({ scheduled, started }) => scheduled && started >= after);
      return run ? { value: run } : { seen: "none has ended" };
    },
  );
}
