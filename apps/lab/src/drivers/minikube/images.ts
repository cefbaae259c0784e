/** An image in a node, as `minikube image ls --format json` lists it. */
export interface NodeImage {
  id: string;
  tags: string[];
}

/** Completes an image name by Docker Hub's rules: `flipt/flipt:v1` becomes `docker.io/flipt/flipt:v1`. */
export function fullName(reference: string): string {
  const [first = "", ...rest] = reference.split("/");
  if (rest.length === 0) return `docker.io/library/${reference}`;
  return /[.:]/.test(first) || first === "localhost" ? reference : `docker.io/${reference}`;
}

/** Parses the list of a node's images. */
export function parseImages(stdout: string): NodeImage[] {
  const list = JSON.parse(stdout) as { id?: string; repoTags?: string[] | null }[] | null;
  return (list ?? []).map(({ id = "", repoTags }) => ({
    id: id.replace(/^sha256:/, ""),
    tags: (repoTags ?? []).map(fullName),
  }));
}

/** What to do with each image that a lab needs. */
export interface LoadPlan {
  /** In the local Docker, but absent or different in the node. */
  load: string[];
  present: string[];
  /** Neither in the local Docker nor in the node: the node pulls it. */
  pull: string[];
}

/**
 * Compares the images that a lab needs with those in Docker and in the node.
 *
 * @param local the local Docker's id of each needed image; undefined for an absent one
 * @param loaded the local ids of images that were loaded before: a node may list the same image under another id
 */
export function planLoad(
  local: Map<string, string | undefined>,
  node: NodeImage[],
  loaded: Record<string, string>,
): LoadPlan {
  const plan: LoadPlan = { load: [], present: [], pull: [] };
  for (const [reference, id] of local) {
    const there = node.find(({ tags }) => tags.includes(fullName(reference)));
    const isSame = there && (id === undefined || there.id === id.replace(/^sha256:/, "") || loaded[reference] === id);
    plan[isSame ? "present" : id === undefined ? "pull" : "load"].push(reference);
  }
  return plan;
}

/** Lists the images of all containers and init containers in some objects, wherever the pod template is. */
export function imagesOf(objects: unknown[]): string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    else if (value && typeof value === "object") {
      for (const [field, item] of Object.entries(value)) {
        if (/^(initC|c)ontainers$/.test(field) && Array.isArray(item))
          for (const { image } of item as { image?: unknown }[]) if (typeof image === "string") found.add(image);
        visit(item);
      }
    }
  };
  visit(objects);
  return [...found].sort();
}
