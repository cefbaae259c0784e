import { readdirSync } from "node:fs";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { repository } from "./process.ts";

const test = suite("layout");

test("apps/lab :: a file is found by its name: no basename stands more than twice", () => {
  const files = readdirSync(repository("apps/lab/src"), { recursive: true, withFileTypes: true });
  const counts = new Map<string, number>();
  for (const file of files.filter((each) => each.isFile())) counts.set(file.name, (counts.get(file.name) ?? 0) + 1);
  assert.ok(counts.size > 100);
  assert.equal(
    [...counts].filter(([, count]) => count > 2),
    [],
  );
});

test.run();
