/** The page in a real browser: `node --import tsx apps/evaluation-client/test/browser/page.ts`. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startBrowser } from "../../../../testing/browser.ts";
import { lowContrast } from "../../../../testing/contrast.ts";
import { type Instance, startMaster, startSidecar } from "../../../../testing/flipt.ts";
import { state } from "../application.ts";
import { type Client, startClient } from "../client.ts";
import { press, session } from "./session.ts";

const program = process.env.TEST_FLIPT_BIN;
const browser: Browser = await startBrowser().catch((error: Error) => {
  console.error(`evaluation-client test:browser: ${error.message}`);
  process.exit(1);
});
const test = suite("page");
let sidecar: Instance;
let master: Instance;
let client: Client;
const { open, problems } = session(browser, () => client.url);

test.before(async () => {
  [sidecar, master] = await Promise.all([startSidecar({ state, program }), startMaster({ state, program })]);
  client = await startClient({ FLIPT_SIDECAR_URL: sidecar.url, FLIPT_MASTER_URL: master.url });
});
test.after(async () => {
  await browser.close();
  await Promise.all([client?.running.stop(), sidecar?.stop(), master?.stop()]);
});

const value = (page: Page, index = 0) => page.locator(".card .value").nth(index).textContent();
const focused = (page: Page) => page.evaluate("document.activeElement.id || document.activeElement.ariaLabel");

test("keyboard :: Enter at once asks both about the first flag", async () => {
  const page = await open();
  assert.is(await focused(page), "entity");
  await press(page, "Enter");
  await page.locator(".card").nth(1).waitFor();
  assert.equal([await value(page), await value(page, 1)], ["no variant", "no variant"]);
  assert.is(await page.locator("#verdict").textContent(), "= they agree");
  assert.match((await page.locator("[role=status]").textContent()) ?? "", /Sidecar: no variant. Master: no variant/);
  await page.close();
});

test("keyboard :: flag, context and backend without a mouse", async () => {
  const page = await open();
  await page.locator("#flag").focus();
  await press(page, "ArrowDown", "Tab", "Tab", "Tab");
  assert.is(await focused(page), "Context: property");
  await page.keyboard.type("country");
  await press(page, "Tab");
  await page.keyboard.type("DE");
  await press(page, "Tab", "Tab");
  assert.is(await focused(page), "add");
  await press(page, "Enter");
  assert.is(await focused(page), "Context: property", "a new row takes the focus");
  await press(page, "Tab", "Tab", "Enter");
  assert.is(await focused(page), "add", "a removed row gives the focus back");
  await press(page, "Tab", "ArrowLeft", "ArrowLeft", "Enter");
  await page.locator(".card").waitFor();
  assert.is(await page.locator(".card").count(), 1);
  assert.is(await value(page), "false");
  assert.match(page.url(), /flag=switch&entity=user-1&backend=sidecar&context.country=DE$/);
  await page.close();
});

test("keyboard :: whatever has the focus shows it", async () => {
  const page = await open();
  const seen = new Set<unknown>();
  for (let step = 0; step < 16; step += 1) {
    await press(page, "Tab");
    const visible = await page.evaluate(`(() => {
      const node = document.activeElement;
      const ring = node.type === "radio" ? node.closest("label") : node;
      return node === document.body || node.className === "skip" || getComputedStyle(ring).outlineStyle === "solid";
    })()`);
    seen.add(await focused(page));
    assert.ok(visible, `no focus ring on ${await focused(page)}`);
  }
  for (const id of ["random", "add", "watch", "load", "rate", "command", "copy"])
    assert.ok(seen.has(id), `${id} cannot be reached`);
  await page.close();
});

test("link :: reproduces a question and its answer", async () => {
  const page = await open("/?namespace=default&flag=colour&entity=u9&backend=both&context.country=DE");
  await page.locator(".card").nth(1).waitFor();
  assert.is(await value(page), "green");
  assert.match((await page.locator(".card pre").first().textContent()) ?? "", /"hex": "#0a0"/);
  assert.match(await page.locator("#command").inputValue(), /^curl -s '.*entity=u9&backend=both&country=DE'$/);
  await page.close();
});

test("text :: what looks like HTML stays text", async () => {
  const attack = "<img src=x onerror=document.title='broken'>";
  const page = await open(`/?flag=colour&entity=${encodeURIComponent(attack)}&context.${encodeURIComponent(attack)}=x`);
  await page.locator("#calls tr").first().waitFor();
  assert.match((await page.locator("#calls").textContent()) ?? "", attack);
  assert.is(await page.locator("main img").count(), 0);
  assert.is(await page.title(), "Evaluation client");
  await page.close();
});

test("error :: a flag that is not there is said in words", async () => {
  const page = await open("/?flag=gone&entity=u&backend=both");
  await page.locator(".card.failed").nth(1).waitFor();
  assert.is(await value(page), "not found");
  assert.match((await page.locator(".card").first().textContent()) ?? "", 'flag "default/gone" not found on sidecar');
  // the browser itself logs the 404 that the API rightly answers
  assert.ok(problems.splice(0).every((problem) => problem.includes("status of 404")));
  await page.close();
});

const looks = [
  { width: 1280, colorScheme: "light" },
  { width: 1280, colorScheme: "dark" },
  { width: 360, colorScheme: "light" },
  { width: 360, colorScheme: "dark" },
] as const;
for (const { width, colorScheme } of looks) {
  test(`look :: ${width} px, ${colorScheme}: contrast 4.5 everywhere, nothing wider than the window`, async () => {
    const viewport = { width, height: 800 };
    const link = `/?flag=colour&entity=${"long".repeat(40)}&backend=both&context.country=DE`;
    const page = await open(link, { viewport, colorScheme, reducedMotion: "reduce" });
    await page.locator("#watch").click();
    await page.locator("#load").click();
    await page.locator(".run").nth(1).waitFor();
    await page.locator(".quantile.p99").nth(1).waitFor();
    assert.is(await page.evaluate("document.documentElement.scrollWidth"), width);
    assert.equal(await page.evaluate(lowContrast), []);
    const paper = String(await page.evaluate("getComputedStyle(document.body).backgroundColor"));
    const [red = 0] = paper.match(/\d+/g)?.map(Number) ?? [];
    assert.is(red < 64, colorScheme === "dark");
    await page.close();
  });
}

test("watch :: a change on the master is seen, then its arrival", async () => {
  const page = await open("/?flag=switch&entity=u&backend=both");
  await page.locator("#watch").click();
  await page.getByText("change the flag on the master").waitFor();
  const url = `${master.url}/api/v1/namespaces/default/flags/switch`;
  await fetch(url, { method: "PUT", body: JSON.stringify({ name: "Switch", enabled: false }) });
  await page.getByText("a change is on its way").waitFor();
  assert.is(await page.locator("#verdict").textContent(), "≠ they differ");
  assert.match((await page.locator(".lane").nth(1).textContent()) ?? "", /true → false, changed \d s ago/);
  await writeFile(
    join(sidecar.dir, "features.yml"),
    state.replace("enabled: true\n    rollouts", "enabled: false\n    rollouts"),
  );
  await page.locator("#arrival").getByText("the change arrived after").waitFor({ timeout: 40_000 });
  assert.match((await page.locator(".lane").first().textContent()) ?? "", /true → false, changed \d s ago/);
  await page.locator("#watch").click();
  assert.is(await page.locator("#watch").getAttribute("aria-pressed"), "false");
  await page.close();
});

test("outage :: master gone: the sidecar's answer stays, sidecar gone: said", async () => {
  const page = await open("/?flag=switch&entity=u&backend=both");
  await master.running.stop();
  await page.locator("#entity").press("Enter");
  await page.locator(".card.failed").waitFor();
  assert.equal([await value(page), await value(page, 1)], ["false", "unreachable"]);
  assert.is(await page.locator("#verdict").textContent(), "? cannot be compared");
  await sidecar.running.stop();
  await page.locator("#entity").press("Enter");
  await page.locator(".card.failed").nth(1).waitFor();
  assert.ok(problems.splice(0).every((problem) => problem.includes("status of 502")));
  await page.close();
});

test("silence :: no error in the console, no request to another host", () => assert.equal(problems, []));

test.run();
