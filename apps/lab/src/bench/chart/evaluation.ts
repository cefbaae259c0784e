import type { Evaluation } from "../evaluation.ts";
import { digits } from "../table.ts";
import { servers } from "../testbed.ts";
import { axis, dot, label, line, type Panel } from "./draw.ts";
import { logarithmic } from "./scale.ts";

const rowHeight = 17;
const groupGap = 10;
const top = 26;

/** One mark: from the middle of all to the slowest hundredth, or a single number. */
interface Mark {
  group: string;
  server: Evaluation["server"];
  from: number;
  to: number;
  words: string;
}

/** @param named whether the groups are named beside it */
function draw(title: string, marks: Mark[], left: number, right: number, named: boolean): Panel {
  const scale = logarithmic(
    marks.flatMap(({ from, to }) => [from, to]),
    left,
    right,
  );
  const groups = [...new Set(marks.map(({ group }) => group))];
  const groupHeight = servers.length * rowHeight + groupGap;
  const bottom = top + groups.length * groupHeight;
  const rows = groups.flatMap((group, index) => {
    const y = top + index * groupHeight + rowHeight;
    return [
      ...(named ? [label(left - 10, y + rowHeight, group, "", "end")] : []),
      ...marks
        .filter((mark) => mark.group === group)
        .flatMap(({ server, from, to, words }, row) => {
          const at = y + row * rowHeight;
          return [
            line(scale.at(from), at - 4, scale.at(to), at - 4, `range ${server}`),
            dot(scale.at(from), at - 4, server),
            label(scale.at(to) + 8, at, words, "small value"),
          ];
        }),
    ];
  });
  return {
    svg: [label(left, 12, title, "title"), ...axis(scale, top - 4, bottom), ...rows].join("\n"),
    height: bottom + 26,
  };
}

const groupOf = ({ state, kind }: Evaluation): string => `${state}, ${kind}`;

/** How long an answer takes on one connection. */
export function drawLatency(rows: Evaluation[], left: number, right: number): Panel {
  const marks = rows
    .filter(({ connections }) => connections === 1)
    .map((row) => {
      const [from, to] = [row.latency.p50.median / 1000, row.latency.p99.median / 1000];
      return { group: groupOf(row), server: row.server, from, to, words: `${digits(from)} to ${digits(to)}` };
    });
  return draw("milliseconds, one connection: p50 (dot) to p99", marks, left, right, true);
}

/** How many answers there are on sixteen connections; in the rows of the latency. */
export function drawThroughput(rows: Evaluation[], left: number, right: number): Panel {
  const marks = rows
    .filter(({ connections }) => connections === 16)
    .map((row) => {
      const { median } = row.rate;
      return { group: groupOf(row), server: row.server, from: median, to: median, words: digits(median) };
    });
  return draw("answers a second, 16 connections", marks, left, right, false);
}
