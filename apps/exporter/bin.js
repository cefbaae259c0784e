#!/usr/bin/env node
import { register } from "tsx/esm/api";

// The tests bundle the programs first, because a bundle starts in a fifth of the time.
const { FLIPT_LAB_BUNDLES: bundles } = process.env;
if (bundles) await import(`${bundles}/exporter/main.js`);
else {
  register();
  await import("./src/main.ts");
}
