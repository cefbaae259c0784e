// Pastes what was measured into README, and draws it: npm run tables
import { readFile, writeFile } from "node:fs/promises";
import { drawBenches, paste } from "../testing/measured/tables.ts";
import { repository } from "../testing/process.ts";

const path = repository("README.md");
await writeFile(path, paste(await readFile(path, "utf8")));
await writeFile(repository("diagrams/bench.svg"), drawBenches());
