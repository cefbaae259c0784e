/** A schedule by the clock: at each full interval since 1970, or at minutes of each hour. */
export type Schedule = { text: string } & ({ everyMs: number } | { minutes: number[] });

/** A schedule as the page shows it. */
export interface NextRun {
  schedule: string;
  /** When it starts next, RFC 3339. */
  at: string;
  /** Seconds until then: whoever counts down needs no clock like this one. */
  inSeconds: number;
}

const unitMs: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000 };

/**
 * Reads an interval (`5s`, `2m`, `1h`), or a line of cron of which only the minutes are said: all of them, a step,
 * or a list such as `5,35 * * * *`.
 *
 * @returns undefined for anything else
 */
export function readSchedule(text: string): Schedule | undefined {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?)([smh])$/.exec(text) ?? [];
  if (amount) {
    const everyMs = Math.round(Number(amount) * (unitMs[unit] ?? 0));
    return everyMs > 0 ? { text, everyMs } : undefined;
  }
  const [, field] = /^(\S+)(?:\s+\*){4}$/.exec(text) ?? [];
  const minutes = field === undefined ? [] : minutesOf(field);
  return minutes.length > 0 ? { text, minutes } : undefined;
}

/** The minutes that a cron field names; none when it is not understood. */
function minutesOf(field: string): number[] {
  const all = Array.from({ length: 60 }, (_, minute) => minute);
  const [, step = "1"] = /^\*(?:\/(\d+))?$/.exec(field) ?? [undefined, ""];
  if (step) return Number(step) > 0 ? all.filter((minute) => minute % Number(step) === 0) : [];
  const named = field.split(",").map((part) => (/^\d{1,2}$/.test(part) ? Number(part) : 60));
  return named.every((minute) => minute < 60) ? all.filter((minute) => named.includes(minute)) : [];
}

/** The first start after a moment, both in milliseconds since 1970. */
export function nextStart(schedule: Schedule, afterMs: number): number {
  if ("everyMs" in schedule) return (Math.floor(afterMs / schedule.everyMs) + 1) * schedule.everyMs;
  const minute = Math.floor(afterMs / 60_000);
  const wait = Array.from({ length: 60 }, (_, index) => index + 1).find((step) =>
    schedule.minutes.includes((minute + step) % 60),
  );
  return (minute + (wait ?? 60)) * 60_000;
}

/** What a countdown needs. */
export function nextRun(schedule: Schedule, nowMs: number): NextRun {
  const start = nextStart(schedule, nowMs);
  return { schedule: schedule.text, at: new Date(start).toISOString(), inSeconds: (start - nowMs) / 1000 };
}
