import type { Container, Directory } from "@dagger.io/dagger";
import { step } from "./failure.js";

/** What an image is built from. A change elsewhere in the repository does not rebuild it. */
interface Image {
  /** The tag that k8s/components/images names. */
  tag: string;
  context: string;
  dockerfile: string;
  /** The files of the context that the build gets: the Dockerfile and what it copies. */
  include: string[];
}

/** The files that `npm ci` reads. */
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

/** Returns the name of an image in Docker and in the manifests. */
export const reference = (name: ImageName): string => `flipt-sidecar-lab/${name}:${images[name].tag}`;

/** Returns the files that an image is built from. Their digest tells whether a loaded image is up to date. */
export function sourceOf(source: Directory, name: ImageName): Directory {
  const { context, dockerfile, include } = images[name];
  // Dagger looks for this file first and prints an error when it is missing or empty. The comment excludes nothing.
  const ignore = "# the context holds only what is copied\n";
  return source.directory(context).filter({ include }).withNewFile(`${dockerfile}.dockerignore`, ignore);
}

/** Returns an image. Dagger builds it when something needs it. */
export const image = (source: Directory, name: ImageName): Container =>
  sourceOf(source, name).dockerBuild({ dockerfile: images[name].dockerfile });

/** Builds an image now, so that the error names the build and not a later step. */
export const build = (source: Directory, name: ImageName): Promise<Container> =>
  step(`build of image "${name}"`, "the output of the build tells more", () => image(source, name).sync());
