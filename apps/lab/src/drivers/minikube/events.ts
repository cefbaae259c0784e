/** An event of `minikube -o json`: one CloudEvent per line on stdout, with string values only (recorded from v1.38.1). */
export interface MinikubeEvent {
  kind: "step" | "info" | "warning" | "error" | "download" | "download.progress";
  data: Record<string, string>;
}

const prefix = "io.k8s.sigs.minikube.";

/** Parses a line as an event. Returns undefined for any other line. */
export function parseEvent(line: string): MinikubeEvent | undefined {
  try {
    const { type, data } = JSON.parse(line) as { type?: unknown; data?: unknown };
    if (typeof type !== "string" || !type.startsWith(prefix) || !data || typeof data !== "object") return undefined;
    return { kind: type.slice(prefix.length) as MinikubeEvent["kind"], data: data as Record<string, string> };
  } catch {
    return undefined;
  }
}

/** A long text keeps both ends: it begins with what was tried and ends with the reason. */
const limit = { start: 160, end: 260 };

/** Placeholders that minikube leaves unfilled: `--memory={{.advised}}mb`, `<no value>`. */
const gaps = /\{\{[^}]*\}\}|<no value>/g;

/** Shortens any text to one readable line. */
export function squeeze(text: string): string {
  const line = text.replace(gaps, "…").replace(/\s+/g, " ").trim();
  if (line.length <= limit.start + limit.end) return line;
  return `${line.slice(0, limit.start)} … ${line.slice(-limit.end)}`;
}

/** Describes a step event. Returns undefined for any other event. */
export function describeStep({ kind, data }: MinikubeEvent): string | undefined {
  if (kind !== "step" || !data.currentstep) return undefined;
  const message = squeeze(data.message ?? "");
  return `${data.currentstep.padStart(2)}/${data.totalsteps} ${data.name}${message && message !== data.name ? `: ${message}` : ""}`;
}

/** Describes a download's progress in steps of 10 %. minikube reports a fraction every few seconds. */
function describeDownload({ kind, data }: MinikubeEvent): string | undefined {
  if (kind !== "download.progress") return undefined;
  const name = (data.artifact ?? "")
    .replace(/@sha256.*$/, "")
    .split("/")
    .at(-1);
  return `downloading ${name}: ${Math.floor(Number(data.progress) * 10) * 10} %`;
}

/** Returns a listener that reports each step, and each tenth of a download. */
export function narrate(news: (line: string) => void): (event: MinikubeEvent) => void {
  let last: string | undefined;
  return (event) => {
    const line = describeStep(event) ?? describeDownload(event);
    if (line && line !== last) news(line);
    last = line ?? last;
  };
}

const sentence = ({ data }: MinikubeEvent): string =>
  [data.name && `${data.name}: `, squeeze(data.message ?? ""), data.advice && `; ${squeeze(data.advice)}`]
    .filter(Boolean)
    .join("");

/** A klog line such as `E1124 08:39:42.163244 …`. It also appears next to successful results. */
const klog = /^[EWIF]\d{4} /;

/** Finds the reason of a failure in minikube's plain output. */
function lastReason(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !klog.test(line));
  const exiting = lines.findLast((line) => line.includes("Exiting due to "));
  return squeeze(exiting?.replace(/^.*Exiting due to /, "") ?? lines.at(-1) ?? "");
}

/**
 * Explains a failed command in one line. Not every error event ends a command: the last one with an exit code is the reason,
 * and the first one with an exit code is what led to it.
 *
 * @param events the events on stdout
 * @param stderr the fallback when no event explains the failure
 */
export function explain(events: MinikubeEvent[], stderr: string): string {
  const ends = events.filter(({ kind, data }) => kind === "error" && data.exitcode);
  const [last, first] = [ends.at(-1), ends[0]];
  if (last) return first && first !== last ? `${sentence(last)} (${sentence(first)})` : sentence(last);
  return lastReason(stderr) || squeeze(events.at(-1)?.data.message ?? "") || "it said nothing";
}
