import type { Scale } from "./scale.ts";

export const escapeXml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** A part of a picture, and how high it is. */
export interface Panel {
  svg: string;
  height: number;
}

const fixed = (number: number): string => String(Math.round(number * 10) / 10);

export const label = (x: number, y: number, words: string, kind = "", anchor = "start"): string =>
  `<text x="${fixed(x)}" y="${fixed(y)}"${kind && ` class="${kind}"`}${anchor === "start" ? "" : ` text-anchor="${anchor}"`}>${escapeXml(words)}</text>`;

export const line = (x1: number, y1: number, x2: number, y2: number, kind: string): string =>
  `<line x1="${fixed(x1)}" y1="${fixed(y1)}" x2="${fixed(x2)}" y2="${fixed(y2)}" class="${kind}"/>`;

export const dot = (x: number, y: number, kind: string): string =>
  `<circle cx="${fixed(x)}" cy="${fixed(y)}" r="4" class="${kind}"/>`;

export const bar = (x: number, y: number, width: number, height: number, kind: string): string =>
  `<rect x="${fixed(x)}" y="${fixed(y)}" width="${fixed(Math.max(0, width))}" height="${fixed(height)}" class="${kind}"/>`;

/** The marks of a scale: a line down through the panel for each, and its value below. */
export const axis = ({ at, ticks }: Scale, top: number, bottom: number): string[] =>
  ticks.flatMap((tick) => [
    line(at(tick), top, at(tick), bottom, "grid"),
    label(at(tick), bottom + 14, tick >= 1 || tick === 0 ? tick.toLocaleString("en") : String(tick), "small", "middle"),
  ]);

/** What the colours mean, in a row. */
export function legend(x: number, y: number, entries: [kind: string, words: string][]): string[] {
  let left = x;
  return entries.flatMap(([kind, words]) => {
    const at = left;
    left += 26 + 6.4 * words.length;
    return [dot(at + 4, y - 4, kind), label(at + 13, y, words)];
  });
}
