import type { Container, Directory } from "@dagger.io/dagger";
import { step } from "./failure.js";

/** What an image is built from; everything else in the repository may change without building it again. */
interface Image {
  /** The tag that k8s/components/images names. */
  tag: string;
  /** The build's context. */
  context: string;
  dockerfile: string;
  /** All of the context that the build sees: what its Dockerfile copies. */
  include: string[];
}

/** What the dependencies are installed from. */
const dependencies = ["package.json", "package-lock.json", ".npmrc", "apps/*/package.json"];

const app = (name: string, ...sources: string[]): Image => ({
  tag: "0.1.0",
  context: ".",
  dockerfile: `apps/${name}/Dockerfile`,
  include: [`apps/${name}/Dockerfile`, ...dependencies, "scripts/bundle.mjs", `apps/${name}/src`, ...sources],
});

const table = {
  exporter: app("exporter", "apps/flipt-document/src"),
  "evaluation-client": app("evaluation-client"),
  "flipt-emulator": app("flipt-emulator", "apps/flipt-document/src"),
  minio: {
    tag: "RELEASE.2026-02-12",
    context: "images/minio",
    dockerfile: "Dockerfile",
    include: ["Dockerfile", "minio", "mc"],
  },
  toolbox: {
    tag: "0.1.0",
    context: ".",
    dockerfile: "images/toolbox/Dockerfile",
    include: [
      "images/toolbox",
      ...dependencies,
      "scripts/bundle.mjs",
      "apps/flipt-document/src",
      "apps/lab/src",
      "k8s/secrets.sh",
      "k8s/bases",
      "k8s/components",
      "k8s/overlays",
    ],
  },
} satisfies Record<string, Image>;

export type ImageName = keyof typeof table;

export const images: Record<ImageName, Image> = table;

/** The name under which an image is known to Docker and to the manifests. */
export const reference = (name: ImageName): string => `flipt-sidecar-lab/${name}:${images[name].tag}`;

/** All that an image is built from. Its digest tells whether an image that is there already is the right one. */
export function sourceOf(source: Directory, name: ImageName): Directory {
  const { context, dockerfile, include } = images[name];
  // Dagger looks for this file first. Without one, each build prints errors; a comment alone excludes nothing.
  const ignore = "# the context holds only what is copied\n";
  return source.directory(context).filter({ include }).withNewFile(`${dockerfile}.dockerignore`, ignore);
}

/** An image, built by its Dockerfile when it is needed. */
export const image = (source: Directory, name: ImageName): Container =>
  sourceOf(source, name).dockerBuild({ dockerfile: images[name].dockerfile });

/** Builds an image now, so that a build that fails is not taken for something else. */
export const build = (source: Directory, name: ImageName): Promise<Container> =>
  step(`build of image "${name}"`, "the output of the build tells more", () => image(source, name).sync());
