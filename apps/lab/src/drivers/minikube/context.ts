import { readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { type Document, parseDocument } from "yaml";

const field = "current-context";

/** Returns the kubeconfig that minikube writes: the first of several files, by minikube's own rule. */
export function kubeconfigPath({ KUBECONFIG = "", HOME }: NodeJS.ProcessEnv): string {
  const first = KUBECONFIG.split(delimiter).find((path) => path !== "");
  return first ?? join(HOME || homedir(), ".kube", "config");
}

/** Returns undefined for a missing or invalid file, which minikube reports itself. */
async function read(path: string): Promise<Document | undefined> {
  const document = parseDocument(await readFile(path, "utf8").catch(() => ""));
  return document.errors.length === 0 && document.contents ? document : undefined;
}

/**
 * Runs a minikube command and restores the current context afterwards. A second start selects the profile's context in spite of
 * `--keep-context`, and a stop unsets it.
 *
 * @param goes the context that the command removes; it is not restored
 */
export async function keepContext<T>(env: NodeJS.ProcessEnv, work: () => Promise<T>, goes?: string): Promise<T> {
  const path = kubeconfigPath(env);
  const before = (await read(path))?.get(field) || "";
  try {
    return await work();
  } finally {
    const document = await read(path);
    if (document && (document.get(field) || "") !== before && before !== goes) {
      document.set(field, before);
      await writeFile(path, document.toString({ lineWidth: 0 }));
    }
  }
}
