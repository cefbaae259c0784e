import { why } from "./failure.js";
import { type Choice, options } from "./modes.js";
import type { Place } from "./place.js";

/** Texts below each other; the result of a function ends in a line break. */
const lines = (...texts: string[]): string =>
  `${texts
    .map((text) => text.trimEnd())
    .join("\n")
    .trimEnd()}\n`;

/** What to type now. */
function introduce({ flags }: Place, choice: Choice): string[] {
  const call = (words: string, what: string): string => `  dagger call ${`${words}${flags}`.padEnd(40)}  ${what}`;
  const kubeconfig = flags ? [] : [call("kubeconfig -o ./kubeconfig", "for kubectl --kubeconfig ./kubeconfig")];
  const forward = (service: string, ports: string): string =>
    `  kubectl port-forward svc/${service.padEnd(12)} --namespace default ${ports}`;
  return [
    "",
    "next",
    call("status", "where each hop of the copy stands"),
    call(["verify", ...options(choice)].join(" "), "prove every fact of this mode"),
    ...kubeconfig,
    call("down", "remove all of it"),
    "",
    "with that kubeconfig (one of the first two at a time)",
    forward("flipt-master", "8080:8080"),
    forward("sample-app", "8080:8080"),
    forward("sample-app", "8000:8000"),
  ];
}

/** Starts a lab, or changes the running one, and tells what runs. */
export async function up(place: Place, choice: Choice): Promise<string> {
  await place.prepare(choice);
  await place.lab(["up"], choice);
  return lines(await place.lab(["status"]), ...introduce(place, choice));
}

/** Proves every fact of a mode. What a failed run started is removed; what it knew is kept. */
export async function verify(place: Place, choice: Choice): Promise<string> {
  try {
    return lines(await place.lab(["verify"], choice));
  } catch (error) {
    await place.cleanUp(choice).catch((cause) => console.error(`the clean-up failed too: ${why(cause)}`));
    throw error;
  }
}

export const status = async (place: Place): Promise<string> => lines(await place.lab(["status"]));

/** Removes a lab and all that was made for it. */
export const down = async (place: Place): Promise<string> => lines(await place.lab(["down"]), await place.remove());
