#!/usr/bin/env node
// Installs the dependencies from the lock file when they are missing or older than it; needs nothing but Node and its npm.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const stamp = `${root}node_modules/.lock-digest`;
const oldest = [20, 19];

const fail = (line, code = 2) => {
  console.error(line);
  process.exit(code);
};

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  fail(`Node ${process.versions.node} is too old: this lab needs ${oldest.join(".")} or newer`);
}

const digest = createHash("sha256")
  .update(readFileSync(`${root}package-lock.json`))
  .digest("hex");
const installed = existsSync(stamp) ? readFileSync(stamp, "utf8") : undefined;

if (installed !== digest) {
  console.error(`${installed ? "package-lock.json has changed" : "first run"}: installing dependencies (npm ci) …`);
  rmSync(stamp, { force: true });
  // npm's own path is in the environment when npm runs this script; on Windows `npm` alone is no program.
  const npm = process.env.npm_execpath;
  const [program, ...words] = npm ? [process.execPath, npm, "ci"] : ["npm", "ci"];
  const { status, error, stdout, stderr } = spawnSync(program, words, { cwd: root, encoding: "utf8" });
  if (error) fail(`npm ci cannot start: ${error.message}; is npm installed?`);
  if (status !== 0) fail(`${stdout}${stderr}npm ci failed with exit code ${status}; its output stands above`);
  writeFileSync(stamp, digest);
}
