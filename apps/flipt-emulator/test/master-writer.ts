import { writeSync } from "node:fs";
import { openDatabase } from "../src/master/database.ts";
import { createFlag } from "../src/master/flags.ts";
import { createVariant } from "../src/master/variants.ts";

/** Writes flag after flag, each with a variant in the same change, and tells each once it is committed; runs until it is killed. */
const [, , path, round] = process.argv;
const database = openDatabase(`file:${path}`);
for (let index = 0; ; index += 1) {
  const key = `round-${round}-${index}`;
  database.write("default", (write) => {
    createFlag(write, "default", { key, name: key, description: "", enabled: true, type: "VARIANT_FLAG_TYPE" });
    createVariant(write, "default", key, { key: "v", name: "", description: "", attachment: "" });
  });
  writeSync(1, `${key}\n`);
}
