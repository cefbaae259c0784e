import { why } from "./failure.js";
import { type Choice, options } from "./modes.js";
import type { Target } from "./target.js";

/** Joins texts with line breaks and ends with one. */
const lines = (...texts: string[]): string =>
  `${texts
    .map((text) => text.trimEnd())
    .join("\n")
    .trimEnd()}\n`;

/** Aligns rows in two columns. */
function columns(rows: [string, string][]): string[] {
  const width = Math.max(...rows.map(([first]) => first.length));
  return rows.map(([first, second]) => `  ${first.padEnd(width)}  ${second}`.trimEnd());
}

/** Lists the commands that the user may type next. */
function introduce({ flags, kubectl, namespace, hasKubeconfig }: Target, choice: Choice): string[] {
  const call = (words: string, what: string): [string, string] => [`dagger call ${words}${flags}`, what];
  const forward = (service: string, ports: string, what: string): [string, string] => [
    `${kubectl} port-forward svc/${service.padEnd(12)} --namespace ${namespace} ${ports}`,
    what,
  ];
  return [
    "",
    "next",
    ...columns([
      call("status", "where each hop of the copy stands"),
      call(["verify", ...options(choice)].join(" "), "prove every fact of this mode"),
      ...(hasKubeconfig ? [["dagger call kubeconfig -o ./kubeconfig", "for kubectl"] as [string, string]] : []),
      call("down", "remove all of it"),
    ]),
    "",
    "with that kubeconfig (one of the first two at a time)",
    ...columns([
      forward("flipt-master", "8080:8080", "flags are edited at http://127.0.0.1:8080"),
      forward("sample-app", "8080:8080", "the sidecar"),
      forward("sample-app", "8000:8000", "the application"),
    ]),
  ];
}

/** Starts a lab, or switches the running one, and returns its status and the next commands. */
export async function up(place: Target, choice: Choice): Promise<string> {
  await place.lab(["up"], choice);
  return lines(await place.lab(["status"]), ...introduce(place, choice));
}

/** Cleans up after a verification. A failure is only printed, because the result of the verification counts. */
const afterwards = (task: Promise<unknown>): Promise<unknown> =>
  task.catch((error) => console.error(`the clean-up failed: ${why(error)}`));

/** Verifies every fact of a mode. A failed run removes what it started and keeps its diagnostics. */
export async function verify(place: Target, choice: Choice): Promise<string> {
  const proof = await place.lab(["verify"], choice).catch(async (error) => {
    await afterwards(place.cleanUp(choice));
    throw error;
  });
  await afterwards(place.tidy().then((removed) => removed && console.error(removed)));
  return lines(proof);
}

export const status = async (place: Target): Promise<string> => lines(await place.lab(["status"]));

/** Removes a lab and everything made for it. */
export const down = async (place: Target): Promise<string> => lines(await place.lab(["down"]), await place.remove());
