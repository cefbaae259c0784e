import type { Session } from "../drivers/driver.ts";
import type { ExportRequest } from "../lab.ts";
import type { Screen } from "../report/screen.ts";

/**
 * Runs the exporter of a running lab now.
 *
 * @returns the exporter's own exit code: 0 published or unchanged, 1 refused, 2 configuration or rights, 3 unreachable
 */
export async function exportNow({ lab, close }: Session, request: ExportRequest, screen: Screen): Promise<number> {
  try {
    const run = await lab.export(request);
    screen.print(run.line);
    return run.exit;
  } finally {
    await close();
  }
}
