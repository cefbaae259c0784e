import { readFile } from "node:fs/promises";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { type Instance, startMaster, startSidecar } from "../flipt.ts";
import { repository } from "../process.ts";
import { masterContract, sharedContract, sidecarContract } from "./cases.ts";

const state = await readFile(repository("k8s/bases/flipt-seed/features.yml"), "utf8");
const instances: Instance[] = await Promise.all([startMaster({ state }), startSidecar({ state })]);
const [master = "", sidecar = ""] = instances.map(({ url }) => url);
sharedContract("master", () => master);
masterContract(() => master);
sharedContract("sidecar", () => sidecar);
sidecarContract(() => sidecar);

// uvu has no hook after all suites, so the last one ends what the others asked.
const ending = suite("ending");
ending("SIGTERM :: ends both with exit code 0", async () => {
  const ends = await Promise.all(instances.map(({ running }) => running.stop()));
  assert.equal(
    ends.map(({ code }) => code),
    [0, 0],
  );
  await Promise.all(instances.map((instance) => instance.stop()));
});
ending.run();
