import type { Propagation } from "../propagation.ts";
import { digits } from "../table.ts";
import { axis, bar, label, legend, line, type Panel } from "./draw.ts";
import { linear } from "./scale.ts";

const rowHeight = 9;
const top = 62;
const parts = [
  ["schedule", "waits for the exporter's schedule"],
  ["export", "is exported"],
  ["poll", "waits for the sidecar's poll"],
] as const;

/** The way of each change, the quickest first, beside the longest that it may take. */
export function drawPropagation({ delays, boundSeconds }: Propagation, left: number, right: number): Panel {
  const most = Math.max(boundSeconds, ...delays.map(({ total }) => total));
  const scale = linear(most, left, right);
  const bottom = top + delays.length * (rowHeight + 3) + 4;
  const sorted = delays.toSorted((a, b) => a.total - b.total);
  const bars = sorted.flatMap((delay, row) => {
    let from = 0;
    return parts.map(([part]) => {
      const begin = scale.at(from);
      from += delay[part];
      return bar(begin, top + row * (rowHeight + 3), scale.at(from) - begin, rowHeight, part);
    });
  });
  const bound = scale.at(boundSeconds);
  return {
    svg: [
      label(left, 12, `seconds of each of ${delays.length} changes from master to sidecar`, "title"),
      ...legend(
        left,
        32,
        parts.map(([part, words]) => [part, words]),
      ),
      ...axis(scale, top - 4, bottom),
      ...bars,
      line(bound, top - 8, bound, bottom, "bound"),
      label(bound - 4, top - 8, `bound ${digits(boundSeconds)} s and the export`, "small", "end"),
    ].join("\n"),
    height: bottom + 26,
  };
}
