#!/usr/bin/env node
import { register } from "tsx/esm/api";

// Loaded before tsx's hooks are there, which would look into each of their thousand files: that takes three times as long.
const large = process.argv.some((word) => /^(--on=)?kubernetes$/.test(word))
  ? ["@kubernetes/client-node", "@aws-sdk/client-s3"]
  : [];
await Promise.all(large.map((name) => import(name)));

register();
await import("./src/main.ts");
