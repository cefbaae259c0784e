/**
 * Seconds between two starts of a schedule.
 *
 * @throws {Error} for one that is not "each N minutes": the lab's own never is
 */
export function everySeconds(schedule: string): number {
  const [, minutes = "1"] = schedule.match(/^\*(?:\/(\d+))? \* \* \* \*$/) ?? [undefined, ""];
  if (!(Number(minutes) > 0)) throw new Error(`schedule "${schedule}" of the exporter is none of "*/N * * * *"`);
  return Number(minutes) * 60;
}

/** When a schedule starts next, in milliseconds since 1970. */
export const nextStart = (seconds: number, now: number): number =>
  (Math.floor(now / 1000 / seconds) + 1) * seconds * 1000;
