/** A moment: seconds since 1970 and nanoseconds within them. */
export interface Moment {
  seconds: number;
  nanoseconds: number;
}

const date = "(\\d{4})-(\\d\\d)-(\\d\\d)";
const dateOnly = new RegExp(`^${date}$`);
const dateTime = new RegExp(`^${date}T(\\d{1,2}):(\\d\\d):(\\d\\d)(?:[.,](\\d+))?(?:Z|([+-])(\\d\\d):(\\d\\d))$`);

/**
 * RFC 3339, or a date alone (midnight UTC), with what Go's parser lets pass beyond the standard: a one-digit hour, a
 * comma before the fraction, an offset of up to 24:00 with up to 60 minutes.
 */
export function parseMoment(text: string): Moment | undefined {
  const parts = dateTime.exec(text) ?? dateOnly.exec(text);
  if (!parts) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const offset = offsetSeconds(parts[8], Number(parts[9] ?? 0), Number(parts[10] ?? 0));
  const midnight = dayStart(year, month, day);
  if (midnight === undefined || offset === undefined) return undefined;
  const nanoseconds = Number((parts[7] ?? "").slice(0, 9).padEnd(9, "0"));
  return { seconds: midnight + hour * 3600 + minute * 60 + second - offset, nanoseconds };
}

function dayStart(year: number, month: number, day: number): number | undefined {
  const start = new Date(0);
  start.setUTCFullYear(year, month - 1, day);
  const exists = month >= 1 && start.getUTCMonth() === month - 1 && start.getUTCDate() === day;
  return exists ? start.getTime() / 1000 : undefined;
}

function offsetSeconds(sign: string | undefined, hours: number, minutes: number): number | undefined {
  if (hours > 24 || minutes > 60) return undefined;
  return (sign === "-" ? -1 : 1) * (hours * 3600 + minutes * 60);
}

/** Negative when `left` is earlier, positive when it is later. */
export const compareMoments = (left: Moment, right: Moment): number =>
  left.seconds - right.seconds || left.nanoseconds - right.nanoseconds;
