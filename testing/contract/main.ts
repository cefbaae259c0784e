import { parseArgs } from "node:util";
import { masterContract, sharedContract, sidecarContract } from "./cases.ts";

const usage = "usage: npm run test:contract -- [--master URL] [--sidecar URL]";

function addresses(): { master?: string; sidecar?: string } {
  try {
    return parseArgs({ options: { master: { type: "string" }, sidecar: { type: "string" } } }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}; ${usage}`);
    return process.exit(3);
  }
}

/** @throws never: says what is wrong and ends the process, since nothing can be asked */
async function reachable(name: string, address: string): Promise<string> {
  const base = address.replace(/\/+$/, "");
  const answer = await fetch(`${base}/health`, { signal: AbortSignal.timeout(5000) }).catch((error: Error) => error);
  if (answer instanceof Response && answer.ok) return base;
  const seen = answer instanceof Response ? `status ${answer.status}` : "no answer";
  console.error(`no Flipt at --${name} ${address}: ${seen} from /health`);
  return process.exit(2);
}

const { master, sidecar } = addresses();
if (!master && !sidecar) {
  console.error(usage);
  process.exit(3);
}
const [original, copy] = [
  master && (await reachable("master", master)),
  sidecar && (await reachable("sidecar", sidecar)),
];
if (original) {
  sharedContract("master", () => original);
  masterContract(() => original);
}
if (copy) {
  sharedContract("sidecar", () => copy);
  sidecarContract(() => copy);
}
