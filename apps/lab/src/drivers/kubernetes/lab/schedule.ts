/**
 * Returns the interval of a CronJob's schedule in seconds.
 *
 * @throws {Error} for a schedule other than "every N minutes"; the lab's own schedules all have this form
 */
export function everySeconds(schedule: string): number {
  const [, minutes = "1"] = schedule.match(/^\*(?:\/(\d+))? \* \* \* \*$/) ?? [undefined, ""];
  if (!(Number(minutes) > 0)) throw new Error(`schedule "${schedule}" of the exporter is none of "*/N * * * *"`);
  return Number(minutes) * 60;
}

/** Returns the next start of a schedule, in milliseconds since 1970. */
export const nextStart = (seconds: number, now: number): number =>
  (Math.floor(now / 1000 / seconds) + 1) * seconds * 1000;
