/** What minikube says with `-o json`: one CloudEvent a line on stdout, recorded from v1.38.1. All values are strings. */
export interface MinikubeEvent {
  kind: "step" | "info" | "warning" | "error" | "download" | "download.progress";
  data: Record<string, string>;
}

const prefix = "io.k8s.sigs.minikube.";

/** The event of a line; undefined for any other line. */
export function parseEvent(line: string): MinikubeEvent | undefined {
  try {
    const { type, data } = JSON.parse(line) as { type?: unknown; data?: unknown };
    if (typeof type !== "string" || !type.startsWith(prefix) || !data || typeof data !== "object") return undefined;
    return { kind: type.slice(prefix.length) as MinikubeEvent["kind"], data: data as Record<string, string> };
  } catch {
    return undefined;
  }
}

/** Long texts keep both ends: what was tried stands first, the reason last. */
const limit = { start: 160, end: 260 };

/** What minikube forgets to fill in: `--memory={{.advised}}mb`, `<no value>`. */
const gaps = /\{\{[^}]*\}\}|<no value>/g;

/** Any text as one line that can be read. */
export function squeeze(text: string): string {
  const line = text.replace(gaps, "…").replace(/\s+/g, " ").trim();
  if (line.length <= limit.start + limit.end) return line;
  return `${line.slice(0, limit.start)} … ${line.slice(-limit.end)}`;
}

/** What a step is, for who waits; undefined for an event that is none. */
export function describeStep({ kind, data }: MinikubeEvent): string | undefined {
  if (kind !== "step" || !data.currentstep) return undefined;
  const message = squeeze(data.message ?? "");
  return `${data.currentstep.padStart(2)}/${data.totalsteps} ${data.name}${message && message !== data.name ? `: ${message}` : ""}`;
}

/** How far a download is, as `12 %`: minikube tells a fraction each few seconds. */
function describeDownload({ kind, data }: MinikubeEvent): string | undefined {
  if (kind !== "download.progress") return undefined;
  const name = (data.artifact ?? "")
    .replace(/@sha256.*$/, "")
    .split("/")
    .at(-1);
  return `downloading ${name}: ${Math.floor(Number(data.progress) * 10) * 10} %`;
}

/** Tells what happens, event by event: each step, and each tenth of a download. */
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

/** A line of klog, such as `E1124 08:39:42.163244 …`; it comes beside good answers too. */
const klog = /^[EWIF]\d{4} /;

/** The reason among the lines that minikube writes without `-o json`. */
function lastReason(text: string): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "" && !klog.test(line));
  const exiting = lines.findLast((line) => line.includes("Exiting due to "));
  return squeeze(exiting?.replace(/^.*Exiting due to /, "") ?? lines.at(-1) ?? "");
}

/**
 * Why a command failed, as one line. An error event is not an end: the last one with an exit code explains, and an earlier one with
 * an exit code is what led to it.
 *
 * @param events what was said on stdout
 * @param stderr asked where no event explains
 */
export function explain(events: MinikubeEvent[], stderr: string): string {
  const ends = events.filter(({ kind, data }) => kind === "error" && data.exitcode);
  const [last, first] = [ends.at(-1), ends[0]];
  if (last) return first && first !== last ? `${sentence(last)} (${sentence(first)})` : sentence(last);
  return lastReason(stderr) || squeeze(events.at(-1)?.data.message ?? "") || "it said nothing";
}
