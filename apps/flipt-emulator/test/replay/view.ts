import type { Exchange, Step } from "./scenario.ts";

/** What a recorded step looks at: the whole answer, its text to the letter, or only the names, the types, the headers of it. */
export function viewOf(step: Step, seen: Exchange, text: string): Exchange {
  const { status, headers = {} } = seen;
  switch (step.view) {
    case "text":
      return { status, headers, bodyText: text };
    case "metrics":
      return { status, body: metricLabels(text) };
    case "shape":
      return { status, headers, body: shapeOf(seen.body) };
    case "opaque":
      return { status, headers };
    default:
      return seen;
  }
}

/** Metric names with the names of their labels. */
function metricLabels(text: string): Record<string, string[]> {
  const labels = new Map<string, Set<string>>();
  for (const [, name = "", list = ""] of text.matchAll(/^((?:flipt|grpc_server)_\w+)(?:\{(.*)\})? \S+$/gm)) {
    const known = labels.get(name) ?? new Set();
    for (const [, label = ""] of list.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) known.add(label);
    labels.set(name, known);
  }
  return Object.fromEntries([...labels].map(([name, known]) => [name, [...known].sort()]));
}

function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item)]));
}
