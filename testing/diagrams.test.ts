import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { mode, modeNames } from "../apps/lab/src/modes.ts";
import { startD2 } from "../scripts/d2.ts";
import { drawBenches } from "./measured/tables.ts";
import { repository } from "./process.ts";

const folder = repository("diagrams");
const d2 = startD2();
const pictures = await d2.render(folder);
const test = suite("diagrams");
test.after(() => d2.close());

test("there is one of each mode, and one of a change", () => {
  assert.equal(
    [...pictures.keys()],
    ["change", ...modeNames].map((name) => `diagram-${name}.svg`),
  );
});

test("no picture is without its source", async () => {
  const svgs = (await readdir(folder)).filter((name) => name.endsWith(".svg"));
  assert.equal(svgs.sort(), [...charts.keys(), ...pictures.keys()].sort());
});

for (const { name, pollSeconds } of modeNames.map(mode)) {
  test(`${name} :: the delays are those of the lab`, () => {
    assert.match(pictures.get(`diagram-${name}.svg`) ?? "", `each ${pollSeconds} s`);
    assert.match(pictures.get("diagram-change.svg") ?? "", `${name}: ${60 + pollSeconds} s and the export at most`);
  });
}

const charts = drawBenches();

for (const [name, svg] of [...pictures, ...charts]) {
  test(`${name} :: is what its source gives`, async () => {
    const path = join(folder, name);
    const drawn = existsSync(path) ? await readFile(path, "utf8") : undefined;
    // Not assert.is: its report would show both pictures in full.
    assert.ok(drawn === svg, `${name} differs from its source: npm run ${charts.has(name) ? "tables" : "diagrams"}`);
  });

  test(`${name} :: follows the colour scheme`, () => assert.match(svg, /@media[^{]*\(prefers-color-scheme: ?dark\)/));

  test(`${name} :: fetches nothing`, () => {
    const addresses = [...svg.matchAll(/(?:href=|src=|url\()(?!["']?(?:data:|#))([^\s)>]*)/g)].map(([, to]) => to);
    assert.equal(addresses, []);
  });

  test(`${name} :: is small`, () => assert.ok(svg.length < 60_000, `${svg.length} bytes`));
}

test("a fault in a source :: is told with its line", async () => {
  const broken = await mkdtemp(join(tmpdir(), "diagrams-"));
  try {
    await writeFile(join(broken, "diagram-broken.d2"), "a -> b\nc: {shape: triangel}\n");
    await d2.render(broken);
    assert.unreachable("should refuse");
  } catch (error) {
    assert.match((error as Error).message, /^diagram-broken\.d2:2:\d+: unknown shape "triangel"$/);
  } finally {
    await rm(broken, { recursive: true });
  }
});

test.run();
