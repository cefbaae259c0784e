const unit = { ns: 1e-6, us: 1e-3, µs: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const;
const part = /([0-9]*\.?[0-9]+|[0-9]+\.)(ns|us|µs|ms|s|m|h)/g;
const whole = new RegExp(`^-?(${part.source})+$`);

/**
 * The milliseconds of a duration as Go writes it: `30s`, `1m30s`, `500ms`, `0`.
 *
 * @returns undefined for anything else
 */
export function milliseconds(text: string): number | undefined {
  if (/^-?0$/.test(text)) return 0;
  if (!whole.test(text)) return undefined;
  const sum = [...text.matchAll(part)].reduce((total, [, amount, name]) => {
    return total + Number(amount) * unit[name as keyof typeof unit];
  }, 0);
  return text.startsWith("-") ? -sum : sum;
}
