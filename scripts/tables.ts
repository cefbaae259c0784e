// Pastes what was measured into the documents, and draws it: npm run tables
import { readFile, writeFile } from "node:fs/promises";
import { documents, drawBenches, paste } from "../testing/measured/tables.ts";
import { repository } from "../testing/process.ts";

for (const path of documents.map(repository)) await writeFile(path, paste(await readFile(path, "utf8")));
for (const [file, svg] of drawBenches()) await writeFile(repository(`diagrams/${file}`), svg);
