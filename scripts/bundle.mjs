#!/usr/bin/env node
// Bundles the programs of the images, each into one file that needs nothing but Node: node scripts/bundle.mjs [APP…] [--out FOLDER]
import { chmodSync, cpSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));

/**
 * The programs, where that is not main.js alone; what each reads beside itself at run time: [source in its src, place beside main.js]; a package with a library of its own;
 * imports that are left out.
 */
const apps = {
  exporter: { programs: ["main", "seed"], files: [] },
  "evaluation-client": { files: [["page", "page"]] },
  "flipt-emulator": {
    files: [
      "index.html",
      "page.css",
      ...["page", "dom", "edit", "request", "targeting"].map((name) => `${name}.js`),
    ].map((name) => [`page/${name}`, name]),
    native: "@libsql",
  },
  lab: {
    files: [
      ...["bases", "components", "overlays", "secrets.sh"].map((name) => [`../../../k8s/${name}`, `k8s/${name}`]),
      ...["generator.mjs", "empty.mjs"].map((name) => [`bench/${name}`, name]),
    ],
    // Local processes run from a clone of the repository only.
    external: ["./process/process-driver.ts"],
  },
};

// Packages in CommonJS ask for Node's own modules by require, which a module has to make for itself.
// Node is silent about deprecated calls in node_modules; in a bundle it would take the same code for the application's.
const banner = `#!/usr/bin/env node
process.noDeprecation = true;
import { createRequire as createRequireOfBundle } from "node:module";
const require = createRequireOfBundle(import.meta.url);`;

const fail = (line, code = 2) => {
  console.error(`bundle: ${line}`);
  process.exit(code);
};

/** The prebuilt library that libsql loads on this platform, as npm has installed it. */
function native(scope) {
  const { glibcVersionRuntime } = process.report.getReport().header;
  const libc = process.platform === "linux" ? (glibcVersionRuntime ? "-gnu" : "-musl") : "";
  const name = `${scope}/${process.platform}-${process.arch}${libc}`;
  if (!existsSync(join(root, "node_modules", name)))
    fail(`package "${name}" is missing: is npm ci done on this platform?`);
  return name;
}

async function bundle(app, folder) {
  const source = join(root, "apps", app, "src");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const { programs = ["main"] } = apps[app];
  const main = join(folder, "main.js");
  await build({
    entryPoints: programs.map((name) => join(source, `${name}.ts`)),
    outdir: folder,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    minify: true,
    keepNames: true,
    banner: { js: banner },
    external: apps[app].external ?? [],
    logLevel: "error",
  });
  for (const name of programs) chmodSync(join(folder, `${name}.js`), 0o755);
  writeFileSync(join(folder, "package.json"), `${JSON.stringify({ name: app, private: true, type: "module" })}\n`);
  const { files, native: scope } = apps[app];
  for (const [from, to] of files) cpSync(join(source, from), join(folder, to), { recursive: true });
  if (scope) {
    const name = join("node_modules", native(scope));
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
  return statSync(main).size;
}

const { values, positionals } = (() => {
  try {
    return parseArgs({ allowPositionals: true, options: { out: { type: "string" } } });
  } catch (error) {
    return fail(error.message.split(". ")[0].replace("Unknown", "unknown"));
  }
})();
const unknown = positionals.find((app) => !Object.hasOwn(apps, app));
if (unknown !== undefined) fail(`unknown app "${unknown}": expected ${Object.keys(apps).join(", ")}`);

for (const app of positionals.length > 0 ? positionals : Object.keys(apps)) {
  const folder = values.out === undefined ? join(root, "apps", app, "dist") : join(values.out, app);
  const bytes = await bundle(app, folder).catch((error) => fail(`${app}: ${error.message}`, 1));
  console.log(`${app}: ${(bytes / 2 ** 20).toFixed(1)} MiB in ${join(folder, "main.js")}`);
}
