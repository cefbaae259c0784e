import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { repository } from "../../testing/process.ts";

interface Type {
  kind: string;
  name?: string;
}

interface Argument {
  name: string;
  description: string;
  type: Type;
  isOptional: boolean;
  defaultValue?: unknown;
  ignore?: string[];
}

interface Func {
  name: string;
  description: string;
  arguments: Record<string, Argument>;
  returnType: Type;
  isCheck: boolean;
  cache?: string;
}

interface DaggerObject {
  description: string;
  /** Not named constructor, which every object has. */
  _constructor: { arguments: Record<string, Argument> };
  methods: Record<string, Func>;
  properties: Record<string, { isExposed: boolean }>;
}

const sdk = repository("node_modules/@dagger.io/dagger/dist/src");
const client = await readFile(join(sdk, "api/client.gen.d.ts"), "utf8");

/** What Dagger generates from its API, and a module may import. */
export const generated: string[] = [...client.matchAll(/^export (?:declare )?\w+ (\w+)/gm)].map(
  ([, name = ""]) => name,
);

export const sources: string[] = (await readdir(repository("pipeline/src")))
  .sort()
  .map((name) => repository(`pipeline/src/${name}`));

/** Reads the sources by the SDK's own introspector, as the engine does when it loads a module. */
export async function introspect(): Promise<Record<string, DaggerObject>> {
  const folder = await mkdtemp(join(tmpdir(), "client-"));
  try {
    // It looks types up in the client's TypeScript, of which the package has declarations only.
    const stub = join(folder, "client.gen.ts");
    const classes = [...client.matchAll(/^export declare class (\w+)/gm)];
    await writeFile(stub, classes.map(([, name]) => `export class ${name} {}\n`).join(""));
    const { scan } = await import(pathToFileURL(join(sdk, "module/introspector/index.js")).href);
    return (await scan([...sources, stub], "flipt-lab", false)).objects;
  } finally {
    await rm(folder, { recursive: true });
  }
}
