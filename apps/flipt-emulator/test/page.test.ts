import type { Browser, Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { lacking, startBrowser } from "../../../testing/browser.ts";
import { type Instance, startMaster, startSidecar } from "../../../testing/flipt.ts";
import { client } from "./management-client.ts";

const markup = "<img src=x onerror=\"document.title='broken'\">";
const state = `namespace: default
flags:
- key: colour
  name: Colour
  description: kept
  enabled: true
  metadata: {owner: me}
  variants: [{key: red, default: true}, {key: blue, name: Blue, attachment: {hex: "#00f"}}]
  rules: [{segment: {keys: [near, far], operator: AND_SEGMENT_OPERATOR}, distributions: [{variant: blue, rollout: 12.5}]}]
- key: odd
  name: ${JSON.stringify(markup)}
  type: BOOLEAN_FLAG_TYPE
  rollouts: [{description: Some, threshold: {percentage: 5, value: true}}, {segment: {key: near}}]
segments:
- key: near
  name: Near
  match_type: ANY_MATCH_TYPE
  constraints:
  - {type: STRING_COMPARISON_TYPE, property: city, operator: eq, value: Bonn}
  - {type: STRING_COMPARISON_TYPE, property: code, operator: empty}
- {key: far, name: far, match_type: ALL_MATCH_TYPE}
---
namespace: lab
flags:
- {key: probe, name: Probe, enabled: false}
`;

const test = suite("page");
if (lacking) console.log(`page: skipped, ${lacking}`);
const shown = lacking ? test.skip : test;
let browser: Browser;
let master: Instance;
let sidecar: Instance;

test.before(async () => {
  if (lacking) return;
  [browser, master, sidecar] = await Promise.all([startBrowser(), startMaster({ state }), startSidecar({ state })]);
});
test.after(async () => {
  await Promise.all([browser?.close(), master?.stop(), sidecar?.stop()]);
});

async function open(url: string, options?: Parameters<Browser["newPage"]>[0]): Promise<Page> {
  const page = await browser.newPage(options);
  page.on("pageerror", (error) => assert.unreachable(error.message));
  await page.goto(url);
  await page.waitForSelector("li");
  return page;
}

shown("list :: namespaces, keys, types and states, and says that it is not Flipt", async () => {
  const page = await open(master.url);
  const text = (await page.locator("body").textContent()) ?? "";
  for (const part of ["flipt-emulator", "is not Flipt", "lab", "colour · variant", "odd · boolean", "master"]) {
    assert.ok(text.includes(part), `${part} is missing in: ${text}`);
  }
  assert.equal(
    await page.getByRole("switch").evaluateAll((all) => all.map((item) => item.getAttribute("aria-checked"))),
    ["true", "false", "false"],
  );
  await page.close();
});

shown("list :: a name is text, never markup", async () => {
  const page = await open(master.url);
  assert.is(await page.locator("li img").count(), 0);
  assert.is(await page.locator(".name").nth(1).textContent(), markup);
  assert.is(await page.title(), "flipt-emulator");
  await page.close();
});

shown("list :: nothing comes from elsewhere, and the policy says so", async () => {
  const page = await browser.newPage();
  const origins = new Set<string>();
  page.on("request", (request) => origins.add(new URL(request.url()).origin));
  const answer = await page.goto(master.url);
  await page.waitForSelector("li");
  origins.delete("null");
  assert.equal([...origins], [master.url]);
  assert.match(answer?.headers()["content-security-policy"] ?? "", /^default-src 'none'/);
  await page.close();
});

shown("switch :: by keyboard; description, metadata and default variant stay", async () => {
  const page = await open(master.url);
  const control = page.getByRole("switch", { name: "Colour" });
  await control.focus();
  await page.keyboard.press("Space");
  await page.waitForSelector('[role="switch"][aria-checked="false"] >> nth=0');
  await page.getByText("Colour is off").waitFor();
  const { body } = await client(master.url)("GET /api/v1/flags/colour");
  const { enabled, description, metadata, defaultVariant } = body;
  assert.equal([enabled, description, metadata, defaultVariant.key], [false, "kept", { owner: "me" }, "red"]);
  assert.is(await control.evaluate((element) => element === element.ownerDocument.activeElement), true);
  await page.keyboard.press("Enter");
  await page.getByText("Colour is on").waitFor();
  await page.close();
});

shown("switch :: a refusal is told in the alert, and the switch stays", async () => {
  const page = await open(master.url);
  const refusal = { status: 500, json: { code: 13, message: "the disk is full", details: [] } };
  await page.route("**/flags/probe", (route) =>
    route.request().method() === "PUT" ? route.fulfill(refusal) : route.continue(),
  );
  await page.getByRole("switch", { name: "Probe" }).click();
  const alert = page.getByRole("alert");
  await alert.getByText("Cannot switch probe: the disk is full").waitFor();
  assert.is(await page.getByRole("switch", { name: "Probe" }).getAttribute("aria-checked"), "false");
  await page.close();
});

shown("refresh :: a flag made elsewhere appears by itself", async () => {
  const page = await browser.newPage();
  await page.clock.install();
  await page.goto(master.url);
  await page.waitForSelector("li");
  await client(master.url)("POST /api/v1/namespaces/lab/flags", { key: "late", name: "Latecomer" });
  await page.clock.runFor(5000);
  await page.getByText("Latecomer").waitFor();
  await page.close();
});

const targetings: [flag: string, lines: string[]][] = [
  [
    "Colour",
    [
      ...["red · default", 'blue (Blue) · {"hex":"#00f"}', "far and near: 12.5 % blue"],
      ...["near (Near): city eq Bonn or code empty", "far: everybody"],
    ],
  ],
  [markup, ["5 % of all: on – Some", "near: off", "near (Near): city eq Bonn or code empty"]],
];
for (const [flag, lines] of targetings) {
  shown(`targeting :: in words, ${flag === markup ? "a boolean flag" : "a variant flag"}`, async () => {
    const page = await open(master.url);
    const row = page.locator("li.row").filter({ hasText: flag });
    await row.locator("summary").press("Enter");
    await row.getByText("Everybody else").waitFor();
    assert.equal(await row.locator(".facts li").allTextContents(), lines);
    await page.close();
  });
}

shown("create :: by keyboard; what the API refuses is told, and the form keeps what was typed", async () => {
  const page = await open(master.url);
  await page.getByText("New flag").press("Enter");
  await page.getByLabel("Namespace").selectOption("lab");
  await page.getByLabel("Key").fill("a b");
  await page.getByLabel("Key").press("Enter");
  await page
    .getByRole("alert")
    .getByText("Cannot create a b: invalid field key: contains invalid characters")
    .waitFor();
  await page.getByLabel("Key").fill("fresh");
  await page.getByLabel("Name", { exact: true }).fill("Fresh one");
  await page.getByRole("button", { name: "Create" }).press("Enter");
  await page.getByText("Fresh one is created").waitFor();
  const { body } = await client(master.url)("GET /api/v1/namespaces/lab/flags/fresh");
  assert.equal([body.name, body.type, body.enabled], ["Fresh one", "BOOLEAN_FLAG_TYPE", false]);
  await page.close();
});

shown("delete :: asks first", async () => {
  const call = client(master.url);
  await call("POST /api/v1/namespaces/lab/flags", { key: "short", name: "Short-lived" });
  const page = await open(master.url);
  const row = page.locator("li.row").filter({ hasText: "Short-lived" });
  await row.locator("summary").click();
  page.once("dialog", (dialog) => dialog.dismiss());
  await row.getByRole("button", { name: "Delete Short-lived" }).click();
  assert.is((await call("GET /api/v1/namespaces/lab/flags/short")).status, 200);
  page.once("dialog", (dialog) => dialog.accept());
  await row.getByRole("button", { name: "Delete Short-lived" }).click();
  await page.getByText("Short-lived is deleted").waitFor();
  assert.is(await row.count(), 0);
  assert.is((await call("GET /api/v1/namespaces/lab/flags/short")).status, 404);
  await page.close();
});

shown("filter :: shows what matches", async () => {
  const page = await open(master.url);
  await page.getByRole("searchbox").fill("prob");
  assert.equal(await page.locator("li:visible .name").allTextContents(), ["Probe"]);
  await page.close();
});

shown("sidecar :: flags without switches, and nothing to make or delete", async () => {
  const page = await open(sidecar.url);
  assert.is(await page.getByRole("switch").count(), 0);
  assert.is(await page.getByText("New flag").isVisible(), false);
  await page.locator("li.row summary").first().click();
  await page.getByText("Everybody else").waitFor();
  assert.is(await page.getByRole("button").count(), 0);
  assert.match((await page.locator("body").textContent()) ?? "", /read-only/);
  assert.is(await page.locator("li .state").first().textContent(), "on");
  await page.close();
});

for (const colorScheme of ["light", "dark"] as const) {
  shown(`layout :: fits 360 px, ${colorScheme}`, async () => {
    const page = await open(master.url, { viewport: { width: 360, height: 700 }, colorScheme });
    const scrollWidth = await page.evaluate("document.documentElement.scrollWidth");
    const background = await page.evaluate("getComputedStyle(document.body).backgroundColor");
    assert.is(scrollWidth, 360);
    assert.is(background, colorScheme === "dark" ? "rgb(20, 23, 28)" : "rgb(255, 255, 255)");
    await page.close();
  });
}

test("FLIPT_UI_ENABLED=false :: no page", async () => {
  const bare = await startMaster({ env: { FLIPT_UI_ENABLED: "false" } });
  const answer = await fetch(bare.url);
  assert.equal([answer.status, await answer.text()], [404, "404 page not found\n"]);
  await bare.stop();
});

test.run();
