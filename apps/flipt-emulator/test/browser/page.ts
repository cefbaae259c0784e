/** The master's page in a real browser: `node --import tsx apps/flipt-emulator/test/browser/page.ts`. */
import { readFile } from "node:fs/promises";
import type { Browser, Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startBrowser } from "../../../../testing/browser.ts";
import { lowContrast } from "../../../../testing/contrast.ts";
import { type Instance, startMaster, startSidecar } from "../../../../testing/flipt.ts";
import { repository } from "../../../../testing/process.ts";

const browser: Browser = await startBrowser().catch((error: Error) => {
  console.error(`flipt-emulator test:browser: ${error.message}`);
  process.exit(1);
});
const state = await readFile(repository("k8s/bases/flipt-seed/features.yml"), "utf8");
const test = suite("the emulator's page");
let master: Instance;
let sidecar: Instance;
const problems: string[] = [];

test.before(async () => {
  [master, sidecar] = await Promise.all([startMaster({ state }), startSidecar({ state })]);
});
test.after(async () => {
  await browser.close();
  await Promise.all([master?.stop(), sidecar?.stop()]);
});

async function open({ url }: Instance, options: Parameters<Browser["newPage"]>[0] = {}): Promise<Page> {
  const page = await browser.newPage(options);
  page.setDefaultTimeout(5000);
  page.on("pageerror", (error) => problems.push(error.message));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  page.on(
    "request",
    (request) => /^(data:|http:\/\/127\.0\.0\.1:)/.test(request.url()) || problems.push(`foreign ${request.url()}`),
  );
  await page.goto(url);
  await page.getByText("Dark mode").first().waitFor();
  return page;
}

const isOn = async (): Promise<boolean> => {
  const answer = await fetch(`${master.url}/api/v1/namespaces/default/flags/dark-mode`);
  return ((await answer.json()) as { enabled: boolean }).enabled;
};

test("keyboard :: a flag is switched on without a mouse, and keeps what else it has", async () => {
  const page = await open(master);
  const flag = page.getByRole("switch").first();
  await flag.focus();
  await page.keyboard.press("Space");
  await flag.and(page.locator("[aria-checked=true]")).waitFor();
  assert.is(await isOn(), true);
  const kept = await fetch(`${master.url}/api/v1/namespaces/default/flags/dark-mode`);
  const { description, metadata } = (await kept.json()) as { description: string; metadata: object };
  assert.equal([description, metadata], ["A plain switch", { owner: "team-web", ticket: 4711 }]);
  await page.close();
});

test("sidecar :: shows the flags and no switch", async () => {
  // A sidecar of the lab has no page; one that is started without FLIPT_UI_ENABLED=false has.
  const page = await open(sidecar);
  assert.is(await page.getByRole("switch").count(), 0);
  await page.close();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`${colorScheme} :: at 360 px nothing is cut off, and every text can be read`, async () => {
    const page = await open(master, { colorScheme, viewport: { width: 360, height: 800 } });
    assert.is(await page.evaluate("document.documentElement.scrollWidth"), 360);
    assert.equal(await page.evaluate(lowContrast), []);
    await page.close();
  });
}

test("console :: no error, and no request leaves the machine", () => assert.equal(problems, []));

test.run();
