import { readEtag } from "../flipt.ts";
import type { ExportRun, Lab } from "../lab.ts";
import { until } from "../until.ts";

/**
 * Exports now and waits until the sidecar serves what is published.
 *
 * @throws {Error} when the export fails, or the sidecar does not serve it in time
 */
export async function publish(lab: Lab, signal: AbortSignal): Promise<ExportRun> {
  const run = await lab.export({ allowGrowth: true });
  if (run.exit !== 0) throw new Error(`the export failed with exit code ${run.exit}: ${run.line}`);
  const published = await lab.publication();
  await until(
    "the publication on flipt-sidecar",
    { seconds: 4 * lab.intervals.poll + 30, everyMs: 100, signal },
    async () => {
      const etag = await readEtag(lab.addresses.sidecar, "default");
      return etag === published?.revision ? { value: true } : { seen: `revision ${etag}` };
    },
  );
  return run;
}
