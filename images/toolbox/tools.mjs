#!/usr/bin/env node
// Puts minikube and kubectl beside docker: files that lie in the first folder as they are, else downloaded and checked against the
// sums that are published beside them: node tools.mjs GIVEN TARGET
import { createHash } from "node:crypto";
import { accessSync, chmodSync, constants, copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [given = "tools", target = "/programs"] = process.argv.slice(2);
const cpu = { x64: "amd64", arm64: "arm64" }[process.arch];

const tools = {
  minikube: `https://github.com/kubernetes/minikube/releases/download/v1.38.1/minikube-linux-${cpu}`,
  kubectl: `https://dl.k8s.io/release/v1.35.1/bin/linux/${cpu}/kubectl`,
  // put into the target by the image's first stage
  docker: undefined,
};

const fail = (line) => {
  console.error(`tools: ${line}`);
  process.exit(2);
};

async function fetchBytes(url) {
  const answer = await fetch(url).catch((error) =>
    fail(`GET "${url}": no answer (${error.cause?.code ?? error.message})`),
  );
  if (!answer.ok) fail(`GET "${url}": status ${answer.status}`);
  return Buffer.from(await answer.arrayBuffer());
}

async function download(url) {
  const [bytes, published] = [await fetchBytes(url), await fetchBytes(`${url}.sha256`)];
  const [wanted] = published.toString().trim().split(/\s/);
  const seen = createHash("sha256").update(bytes).digest("hex");
  if (seen !== wanted) fail(`"${url}" has the SHA-256 ${seen}, published is ${wanted}`);
  return bytes;
}

mkdirSync(target, { recursive: true });
for (const [name, url] of Object.entries(tools)) {
  const [source, place] = [join(given, name), join(target, name)];
  if (existsSync(source)) copyFileSync(source, place);
  else if (url !== undefined) writeFileSync(place, await download(url));
  else if (!existsSync(place))
    fail(`no ${name} in the image that was to bring it, and none in "${given}": put one there`);
  chmodSync(place, 0o755);
  accessSync(place, constants.X_OK);
  console.log(`${name}: ${existsSync(source) ? `from ${given}` : (url ?? "from its image")}`);
}
