import { compare } from "./compare.ts";
import { type Received, send } from "./instance.ts";
import type { Exchange, Scenario, Step } from "./scenario.ts";
import { viewOf } from "./view.ts";

const compared = [
  "content-type",
  "etag",
  "allow",
  "location",
  "content-encoding",
  "access-control-allow-origin",
  "www-authenticate",
];

/** Plays a scenario's steps against a port; returns what differs from the recorded answers. */
export async function play({ steps }: Scenario, port: number): Promise<string[]> {
  const saved: Record<string, string> = {};
  const problems: string[] = [];
  for (const [index, step] of steps.entries()) {
    const request = fill(step.request, saved);
    const received = await send(port, request);
    const seen = observe(step, received);
    const where = `step ${index + 1} ${request.method} ${request.path}`;
    problems.push(...differences(fill(step.response, saved), seen, step).map((problem) => `${where} ${problem}`));
    for (const [name, source] of Object.entries(step.save ?? {})) saved[name] = valueAt(source, seen);
  }
  return problems;
}

function observe(step: Step, { status, headers, text }: Received): Exchange {
  const kept = compared.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]]));
  const body = parse(text);
  const content = body === undefined ? { bodyText: text } : { body };
  return viewOf(step, { status, headers: Object.fromEntries(kept), ...content }, text);
}

function differences(expected: Exchange, seen: Exchange, step: Step): string[] {
  return [
    ...compare(expected.status, seen.status, {}, ["status"]),
    ...compare(expected.headers, seen.headers, {}, ["headers"]),
    ...compare(expected.bodyText, seen.bodyText, {}, ["text"]),
    ...compare(expected.body, seen.body, step),
  ];
}

function parse(text: string): unknown {
  try {
    return text === "" ? undefined : JSON.parse(text);
  } catch {
    // plain text is compared as text
    return undefined;
  }
}

const fill = <T>(value: T, saved: Record<string, string>): T =>
  JSON.parse(JSON.stringify(value).replace(/\$\{(\w+)\}/g, (all, name: string) => saved[name] ?? all));

function valueAt(source: string, { headers, body }: Exchange): string {
  if (source.startsWith("header:")) return headers?.[source.slice(7)] ?? "";
  const steps = source.split("/").slice(1);
  return String(steps.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], body));
}
