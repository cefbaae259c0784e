import type { Directory, File } from "@dagger.io/dagger";
import { step } from "./failure.js";
import { build } from "./images.js";
import type { Choice } from "./modes.js";

/** A kustomization of a mode with components; kustomize reads JSON, which is YAML. */
const kustomization = ({ mode, components }: Choice): string =>
  JSON.stringify({
    resources: [`../overlays/${mode}`],
    components: components.map((name) => `../components/${name}`),
  });

/** What `kubectl apply` would send: one YAML stream. */
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
