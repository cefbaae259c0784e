import type { Directory, File } from "@dagger.io/dagger";
import { step } from "./failure.js";
import { build } from "./images.js";
import type { Choice } from "./modes.js";

/** Returns the kustomization of a mode with components. It is JSON, which kustomize reads as YAML. */
const kustomization = ({ mode, components }: Choice): string =>
  JSON.stringify({
    resources: [`../overlays/${mode}`],
    components: components.map((name) => `../components/${name}`),
  });

/** Renders the objects of a choice as one YAML stream. */
export async function render(source: Directory, choice: Choice): Promise<File> {
  const path = `/${choice.mode}.yaml`;
  const toolbox = await build(source, "toolbox");
  return step("manifests", "the output of kubectl tells more", () =>
    toolbox
      .withDirectory("/manifests", source.directory("k8s"))
      .withNewFile("/manifests/chosen/kustomization.yaml", kustomization(choice))
      .withExec(["kubectl", "kustomize", "/manifests/chosen"], { redirectStdout: path })
      .file(path)
      .sync(),
  );
}
