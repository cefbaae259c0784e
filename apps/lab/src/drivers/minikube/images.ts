/** An image in a node, as `minikube image ls --format json` tells it. */
export interface NodeImage {
  id: string;
  tags: string[];
}

/** A name as Docker Hub's rules complete it: `flipt/flipt:v1` is `docker.io/flipt/flipt:v1`. */
export function fullName(reference: string): string {
  const [first = "", ...rest] = reference.split("/");
  if (rest.length === 0) return `docker.io/library/${reference}`;
  return /[.:]/.test(first) || first === "localhost" ? reference : `docker.io/${reference}`;
}

/** The images of a node. */
export function parseImages(stdout: string): NodeImage[] {
  const list = JSON.parse(stdout) as { id?: string; repoTags?: string[] | null }[] | null;
  return (list ?? []).map(({ id = "", repoTags }) => ({
    id: id.replace(/^sha256:/, ""),
    tags: (repoTags ?? []).map(fullName),
  }));
}

/** What is to be done about each image that a lab needs. */
export interface LoadPlan {
  /** In the local Docker and not in the node, or another one there. */
  load: string[];
  present: string[];
  /** Not in the local Docker: the node pulls it, unless it has it. */
  pull: string[];
}

/**
 * Compares what a lab needs with what there is.
 *
 * @param local the id of each image in the local Docker; undefined where it is not there
 * @param loaded the ids under which images were loaded before: a node may know the same image by another one
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

/** The images that some objects name, each once: of containers and init containers, wherever a pod's template lies. */
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
