import { readFile } from "node:fs/promises";
import { type Instance, startMaster, startSidecar } from "../flipt.ts";
import { repository } from "../process.ts";
import { masterContract, sharedContract, sidecarContract } from "./cases.ts";

const state = await readFile(repository("k8s/bases/flipt-seed/features.yml"), "utf8");
const instances: Instance[] = await Promise.all([startMaster({ state }), startSidecar({ state })]);
const [master = "", sidecar = ""] = instances.map(({ url }) => url);
// uvu has no hook after all suites; the programs die with this process, their folders lie in the system's temporary one.
sharedContract("master", () => master);
masterContract(() => master);
sharedContract("sidecar", () => sidecar);
sidecarContract(() => sidecar);
process.once("beforeExit", () => Promise.all(instances.map((instance) => instance.stop())));
