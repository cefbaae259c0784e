import { suite } from "uvu";
import * as assert from "uvu/assert";
import { sidecarMemory } from "../src/memory.ts";

const test = suite("memory");

// VmHWM of Flipt v1.61.1 in MiB, after the third poll of a folder and after eight of a bucket
for (const [source, bytes, peak] of [
  ["local", 37_374, 96],
  ["bucket", 37_374, 103],
  ["local", 349_894, 280],
  ["bucket", 349_894, 309],
  ["local", 1_206_764, 752],
  ["bucket", 1_206_764, 785],
  ["local, 10,000 flags of one rule", 2_716_910, 1690],
  ["local", 6_001_164, 3552],
] as const) {
  test(`${source} :: ${bytes} bytes took ${peak} MiB`, () => {
    const told = sidecarMemory(bytes);
    assert.ok(told >= peak && told <= peak * 1.3, String(told));
  });
}

test.run();
