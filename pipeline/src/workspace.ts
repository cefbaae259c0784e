import { type Container, type Directory, dag } from "@dagger.io/dagger";
import { step } from "./failure.js";

/** The Node image that the apps run on. */
const nodeImage = "node:24-bookworm-slim";

/** The files that the installation needs. Its layer is kept until one changes. npm links a program only when its file exists. */
const dependencies = [
  "package.json",
  "package-lock.json",
  ".npmrc",
  "apps/*/package.json",
  "apps/*/bin.js",
  "scripts/install.mjs",
];

/** Returns the repository with its dependencies installed. */
const workspace = (source: Directory): Container =>
  dag
    .container()
    .from(nodeImage)
    .withWorkdir("/repository")
    .withMountedCache("/root/.npm", dag.cacheVolume("flipt-sidecar-lab-npm"))
    .withDirectory(".", source, { include: dependencies })
    .withExec(["node", "scripts/install.mjs"])
    .withDirectory(".", source);

/** Runs scripts of the repository's package.json, one after the other. */
export async function runScripts(source: Directory, ...scripts: string[]): Promise<void> {
  let container = workspace(source);
  for (const script of scripts) {
    container = container.withExec(["npm", "run", "--silent", script]);
    await step(`npm run ${script}`, "its output tells more", () => container.sync());
  }
}
