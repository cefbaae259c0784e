#!/usr/bin/env node
// Installs the dependencies when node_modules is not what package-lock.json says; needs nothing but Node and its npm.
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  unlinkSync,
} from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const oldest = [20, 19];
const waitMs = 600_000;

const fail = (line, code = 2) => {
  console.error(line);
  process.exit(code);
};

const [major, minor] = process.versions.node.split(".").map(Number);
if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
  fail(`Node ${process.versions.node} is too old: this lab needs ${oldest.join(".")} or newer`);
}

const readJson = (path) => {
  try {
    return JSON.parse(readFileSync(`${root}${path}`, "utf8"));
  } catch {
    return undefined; // absent, or cut by whoever was killed while writing it
  }
};

/** What npm writes at the end of each install, and removes at the start of `npm ci`. */
const readInstalled = () => readJson("node_modules/.package-lock.json")?.packages;

/** Why dependencies have to be installed; undefined when node_modules is what the lock says, whoever has made it. */
function reason() {
  const wanted = readJson("package-lock.json")?.packages;
  if (!wanted) fail(`"${root}package-lock.json" cannot be read`);
  const installed = readInstalled();
  if (!installed) return existsSync(`${root}node_modules`) ? "an install was not finished" : "first run";
  for (const [path, entry] of Object.entries(wanted)) {
    const found = installed[path];
    // npm leaves out what is for another system.
    if (path === "" || (!found && entry.optional)) continue;
    if (found?.version !== entry.version || found?.integrity !== entry.integrity)
      return "package-lock.json has changed";
    // `npm install --package-lock-only` notes versions as installed that it does not install.
    const there = readJson(`${path}/package.json`);
    if (!there) return `"${path}" is missing`;
    if (entry.version && there.version !== entry.version) return `"${path}" is of version ${there.version}`;
  }
  return Object.keys(installed).every((path) => wanted[path]) ? undefined : "package-lock.json has changed";
}

const isAlive = (pid) => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
};

/** A symbolic link to the pid of who installs: it is made at once or not at all, and always complete. */
const lock = `${root}.installing`;

const readHolder = () => {
  try {
    return Number(readlinkSync(lock));
  } catch {
    return undefined; // given back meanwhile
  }
};

function claim() {
  try {
    symlinkSync(`${process.pid}`, lock);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    return fail(`dependencies cannot be installed: ${error.message}`);
  }
}

/** Removes the lock of a process that is dead; one command at a time, or a second one would remove the lock of the first. */
function clear() {
  try {
    mkdirSync(`${lock}.clearing`);
  } catch {
    return; // another one is at it
  }
  const holder = readHolder();
  if (holder !== undefined && !isAlive(holder)) unlinkSync(lock);
  rmdirSync(`${lock}.clearing`);
}

/** Waits until this process alone may install. */
async function takeLock() {
  const end = Date.now() + waitMs;
  let told;
  for (; !claim(); await sleep(100)) {
    const holder = readHolder();
    if (holder !== undefined && !isAlive(holder)) clear();
    else if (!told && holder) console.error(`process ${holder} installs dependencies here already: waiting for it …`);
    told ??= holder;
    if (Date.now() > end)
      fail(
        `process ${holder} has not finished an install after ${waitMs / 60_000} min; if it is none, remove "${lock}"`,
      );
  }
}

/** @returns {Promise<string | undefined>} what went wrong */
function install() {
  // npm's own path is in the environment when npm runs this script; on Windows `npm` alone is no program.
  const npm = process.env.npm_execpath;
  const [program, ...words] = npm ? [process.execPath, npm, "ci"] : ["npm", "ci"];
  const child = spawn(program, words, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  // When this process is killed, npm goes on: the lock is npm's then.
  if (child.pid !== undefined) {
    rmSync(`${lock}.new`, { force: true });
    symlinkSync(`${child.pid}`, `${lock}.new`);
    renameSync(`${lock}.new`, lock);
  }
  // npm puts back what it can, and is waited for.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(`npm ci cannot start: ${error.message}; is npm installed?`));
    child.once("close", (code, signal) => {
      if (code === 0) resolve(undefined);
      else if (signal) resolve(`npm ci was ended by ${signal}; the next command installs again`);
      else resolve(`${output}npm ci failed with exit code ${code}; its output stands above`);
    });
  });
}

/** npm ci takes away every file first, and a lab that runs would load the rest of its code from nowhere. */
function insistOnNoLab() {
  const pid = readJson(".lab/lab.json")?.supervisor?.pid;
  if (pid && readInstalled() && isAlive(pid))
    fail(
      `dependencies have to be installed (${reason()}), but a lab runs from here (process ${pid}); end it with Ctrl-C or: node apps/lab/bin.js down`,
    );
}

if (reason()) {
  insistOnNoLab();
  await takeLock();
  let fault;
  const why = reason();
  if (why) {
    console.error(`${why}: installing dependencies (npm ci) …`);
    fault = await install();
  }
  rmSync(lock, { force: true });
  if (fault) fail(fault);
}
