import { readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { type Document, parseDocument } from "yaml";

const field = "current-context";

/** The kubeconfig that minikube writes, by its own rule: of several files the first. */
export function kubeconfigPath({ KUBECONFIG = "", HOME }: NodeJS.ProcessEnv): string {
  const first = KUBECONFIG.split(delimiter).find((path) => path !== "");
  return first ?? join(HOME || homedir(), ".kube", "config");
}

/** Undefined when there is no file, or none that can be read as one: minikube says so itself. */
async function read(path: string): Promise<Document | undefined> {
  const document = parseDocument(await readFile(path, "utf8").catch(() => ""));
  return document.errors.length === 0 && document.contents ? document : undefined;
}

/**
 * Runs a command of minikube, and makes the context the current one again that was it before: a second start takes it for the
 * profile in spite of `--keep-context`, a stop drops the profile's.
 *
 * @param goes the context that the command removes for good
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
