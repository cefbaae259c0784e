import type { Route } from "./route.ts";

/** A route, and what its parameters stand for in one path. */
export interface Match {
  route: Route;
  params: Record<string, string>;
}

/** What a request's method and path meet: a route, a path of other methods only, or nothing. */
type Found = Match | "other method" | undefined;

interface Node {
  words: Map<string, Node>;
  parameter?: Node;
  routes: Map<string, { route: Route; names: string[] }>;
}

const node = (): Node => ({ words: new Map(), routes: new Map() });

/**
 * Matches paths as v1.61.1's gateway does (recorded): the path is decoded before it is cut, so that an encoded slash
 * separates; a parameter may be empty; one trailing slash counts as none.
 */
export function createRouter(routes: readonly Route[]): (method: string, path: string) => Found {
  const root = node();
  for (const route of routes) insert(root, route);
  // most requests meet a path without parameters
  const fixed = new Map(
    routes.filter(({ path }) => !path.includes(":")).map((route) => [`${route.method} ${route.path}`, route]),
  );
  return (method, path) => {
    const route = fixed.get(`${method} ${path}`);
    if (route) return { route, params: {} };
    const segments = (path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path).split("/").slice(1);
    const values: string[] = [];
    const found = find(root, segments, 0, method, values);
    if (found === undefined || found === "other method") return found;
    return {
      route: found.route,
      params: Object.fromEntries(found.names.map((name, index) => [name, values[index] ?? ""])),
    };
  };
}

function insert(root: Node, route: Route): void {
  const names: string[] = [];
  let at = root;
  for (const segment of route.path.split("/").slice(1)) {
    if (segment.startsWith(":")) {
      names.push(segment.slice(1));
      at.parameter ??= node();
      at = at.parameter;
    } else {
      const next = at.words.get(segment) ?? node();
      at.words.set(segment, next);
      at = next;
    }
  }
  at.routes.set(route.method, { route, names });
}

type Leaf = { route: Route; names: string[] } | "other method" | undefined;

/** Words before parameters; `values` collects what the parameters matched. */
function find(at: Node, segments: string[], depth: number, method: string, values: string[]): Leaf {
  const segment = segments[depth];
  if (segment === undefined) return at.routes.get(method) ?? (at.routes.size > 0 ? "other method" : undefined);
  const word = at.words.get(segment);
  const literal = word && find(word, segments, depth + 1, method, values);
  if (literal && literal !== "other method") return literal;
  if (!at.parameter) return literal;
  values.push(segment);
  const parameter = find(at.parameter, segments, depth + 1, method, values);
  if (parameter && parameter !== "other method") return parameter;
  values.pop();
  return literal ?? parameter;
}
