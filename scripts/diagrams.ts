/** Renders the pictures of the README from their sources: `npm run diagrams`. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { repository } from "../testing/process.ts";
import { startD2 } from "./d2.ts";

const folder = repository("diagrams");
const d2 = startD2();
const pictures = await d2.render(folder).catch((error: Error) => {
  console.error(`diagrams: ${error.message}`);
  process.exit(1);
});
for (const [name, svg] of pictures) {
  await writeFile(join(folder, name), svg);
  console.log(join("diagrams", name));
}
await d2.close();
