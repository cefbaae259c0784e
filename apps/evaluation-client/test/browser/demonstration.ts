/** The page as demonstration, in a real browser: `node --import tsx apps/evaluation-client/test/browser/demonstration.ts`. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { until } from "lab/until";
import type { Browser, Page } from "playwright-core";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { startBrowser } from "../../../../testing/browser.ts";
import { lowContrast } from "../../../../testing/contrast.ts";
import { type Instance, startMaster, startSidecar } from "../../../../testing/flipt.ts";
import { state } from "../application.ts";
import { type Client, startClient } from "../client.ts";
import { press, session } from "./session.ts";

const browser: Browser = await startBrowser().catch((error: Error) => {
  console.error(`evaluation-client test:browser: ${error.message}`);
  process.exit(1);
});
const test = suite("demonstration");
let sidecar: Instance;
let master: Instance;
let client: Client;
const { open, problems } = session(browser, () => client.url);
const link = "/?flag=switch&entity=u&backend=both";
const looks = [
  { width: 1280, colorScheme: "light" },
  { width: 360, colorScheme: "dark" },
] as const;

test.before(async () => {
  [sidecar, master] = await Promise.all([
    startSidecar({ state, env: { FLIPT_EMULATOR_LOCAL_POLL_INTERVAL: "1s" } }),
    startMaster({ state }),
  ]);
  const env = { FLIPT_SIDECAR_URL: sidecar.url, FLIPT_MASTER_URL: master.url, EXPORT_SCHEDULE: "4s" };
  client = await startClient(env);
});
test.after(async () => {
  await browser.close();
  await Promise.all([client?.running.stop(), sidecar?.stop(), master?.stop()]);
});

const text = async (page: Page, selector: string) => (await page.locator(selector).textContent()) ?? "";

/** Waits until a text of the page matches. */
const shows = (page: Page, selector: string, pattern: RegExp) =>
  until<string>(`${selector} ${pattern}`, { seconds: 15, everyMs: 50 }, async () => {
    const seen = await text(page, selector);
    return pattern.test(seen) ? { value: seen } : { seen };
  });

const states = (page: Page) =>
  page.locator("#hops li").evaluateAll((hops) => hops.map((hop) => hop.getAttribute("data-state")));

/** Writes the sidecar's file and waits for longer than a poll: loading it is a change of revision, also of equal content. */
async function settle(): Promise<void> {
  await writeFile(join(sidecar.dir, "features.yml"), state);
  const end = Date.now() + 2000;
  await until<void>("the sidecar's next poll", { seconds: 5, everyMs: 100 }, async () =>
    Date.now() >= end ? { value: undefined } : { seen: "not yet" },
  );
}

/** Waits until the page looks well: contrast, width. */
async function looksWell(page: Page, width: number): Promise<void> {
  assert.is(await page.evaluate("document.documentElement.scrollWidth"), width);
  assert.equal(await page.evaluate(lowContrast), []);
}

test("load :: off by default, switched on and off by keyboard, its latencies shown side by side", async () => {
  const page = await open();
  const load = page.getByRole("switch", { name: "Background load" });
  assert.is(await load.getAttribute("aria-checked"), "false");
  assert.is(await text(page, "#load-state"), "off");
  assert.is(await page.locator("#histograms").isVisible(), false);
  await load.focus();
  await press(page, "Space");
  await shows(page, "#load-state", /^asks default\/colour, stops in (3:00|2:5\d)$/);
  assert.is(await load.getAttribute("aria-checked"), "true");
  assert.is(await text(page, "[role=status]"), "background load on");
  await shows(page, "#histograms", /answers[1-9]\d.*answers[1-9]\d/);
  for (const name of ["sidecar", "master"]) {
    const label = await page.getByRole("img", { name: `Latencies of the ${name}` }).getAttribute("aria-label");
    assert.match(label ?? "", /: half within [\d.]+ m?s, 99 % within [\d.]+ m?s$/);
    const heights = await page.locator(`.plot.${name} .bar`).evaluateAll((bars) => bars.map((bar) => bar.clientHeight));
    assert.ok(heights.length >= 10 && Math.max(...heights) > 20, `${name}: ${heights}`);
  }
  const [left, right] = await Promise.all([0, 1].map((index) => page.locator(".histogram").nth(index).boundingBox()));
  assert.ok(left && right && left.y === right.y && left.x < right.x, "side by side");
  const axes = await page.locator(".decades").allTextContents();
  assert.is(axes[0], axes[1], "one scale for both");
  await page.locator("#prolong").waitFor();
  await load.focus();
  await press(page, "Enter");
  await shows(page, "#load-state", /^off; it asked default\/colour$/);
  assert.is(await page.locator("#prolong").isVisible(), false);
  await page.close();
});

test("load :: prolonged, faster, and seen by another page", async () => {
  const page = await open();
  await page.locator("#load").click();
  await shows(page, "#load-state", /2:5\d$/);
  await page.locator("#prolong").click();
  await shows(page, "#load-state", /3:00|2:59$/);
  await page.locator("#rate").selectOption("50");
  const other = await open();
  await shows(other, "#load-state", /^asks default\/colour/);
  assert.is(await other.locator("#rate").inputValue(), "50");
  await other.locator("#load").click();
  await shows(page, "#load-state", /^off/);
  await Promise.all([page.close(), other.close()]);
});

test("countdown :: to the exporter's next run, also when nobody watches", async () => {
  const page = await open();
  const seen = new Set<string>();
  await until("countdown", { seconds: 30, everyMs: 50 }, async () => {
    seen.add(await text(page, "#hop-export .moment"));
    return seen.has("in 3 s") && seen.has("in 2 s") && seen.has("in 1 s")
      ? { value: true }
      : { seen: [...seen].join() };
  });
  assert.is(await page.getByRole("timer").count(), 1);
  assert.is(await text(page, "#hop-export .detail"), "each 4 s; it cannot be seen from here");
  assert.is(await text(page, "#arrival"), "press Watch to follow one");
  await page.close();
});

for (const { width, colorScheme } of looks) {
  test(`change :: hop by hop, ${width} px, ${colorScheme}`, async () => {
    await settle();
    const url = `${master.url}/api/v1/namespaces/default/flags/switch`;
    const put = (enabled: boolean) =>
      fetch(url, { method: "PUT", body: JSON.stringify({ name: "Switch", type: "BOOLEAN_FLAG_TYPE", enabled }) });
    await put(true);
    const page = await open(link, { viewport: { width, height: 800 }, colorScheme, reducedMotion: "reduce" });
    await page.locator("#watch").focus();
    await press(page, "Enter");
    await shows(page, "#hop-master .moment", /^true$/);
    await shows(page, "#verdict", /^= they agree$/);
    assert.match(await text(page, "#hop-master .detail"), /^revision [0-9a-f]{7}$/);
    assert.equal(await states(page), ["waiting", "idle", "idle", "idle"]);
    await put(false);
    await shows(page, "#arrival", /^a change is on its way for \d+ s$/);
    assert.match(await text(page, "#hop-master"), /\d\d:\d\d:\d\d\s*true → false, revision [0-9a-f]{7}/);
    assert.match(await text(page, "[role=status]"), /Sidecar: true. Master: false. ≠ they differ/);
    await shows(page, "#hop-export .moment", /^due \+ \d s$/);
    assert.match(await text(page, "#hop-export .detail"), /^\d\d:\d\d:\d\d by its schedule, next (in \d s|now)$/);
    assert.equal(await states(page), ["done", "due", "waiting", "waiting"]);
    assert.is(await text(page, "#hop-answer .detail"), "still true");
    await looksWell(page, width);
    await writeFile(
      join(sidecar.dir, "features.yml"),
      state.replace("enabled: true\n    rollouts", "enabled: false\n    rollouts"),
    );
    await shows(page, "#arrival", /^the change arrived after \d+ s$/);
    assert.equal(await states(page), ["done", "due", "done", "done"]);
    assert.match(await text(page, "#hop-revision"), /\+ \d+ s\s*revision [0-9a-f]{7}/);
    assert.match(await text(page, "#hop-answer"), /\+ \d+ s\s*true → false/);
    assert.match(await text(page, "[role=status]"), /they agree. the change arrived after \d+ s$/);
    await looksWell(page, width);
    await page.close();
  });
}

test("reduced motion :: nothing moves", async () => {
  const page = await open(link, { reducedMotion: "reduce" });
  await page.locator("#load").click();
  await page.locator(".quantile").first().waitFor();
  const moving = `[...document.querySelectorAll("*")].filter((node) => {
    const { animationName, transitionDuration } = getComputedStyle(node);
    return animationName !== "none" || transitionDuration !== "0s";
  }).length`;
  assert.is(await page.evaluate(moving), 0);
  await page.locator("#load").click();
  await shows(page, "#load-state", /^off/);
  await page.close();
});

test("master stopped :: the page stays green, and says that nothing depends on it", async () => {
  const page = await open(link);
  await page.locator("#watch").click();
  await page.locator("#load").click();
  await shows(page, "#hop-master .moment", /^false$/);
  await master.running.stop();
  await shows(page, "#hop-master", /not reached\s*nothing depends on it/);
  await shows(page, "#status-master", /not reached; nothing depends on it$/);
  await shows(page, "#histograms", /without an answer \(unreachable\), in no bar/);
  assert.match(
    await text(page, ".card.aside"),
    /unreachable[\s\S]*Nothing depends on it: the application asks its sidecar/,
  );
  assert.is(await text(page, ".card:not(.aside) .value"), "false");
  assert.match(await text(page, "#status-ready"), /✓ yes/);
  const bad = `(() => {
    const probe = Object.assign(document.createElement("p"), { className: "bad" });
    document.body.append(probe);
    const red = getComputedStyle(probe).color;
    probe.remove();
    return [...document.querySelectorAll("body *")]
      .filter((node) => !node.closest("#calls")) // the past, when a change was on its way
      .filter((node) => node.getClientRects().length > 0 && getComputedStyle(node).color === red)
      .map((node) => node.outerHTML);
  })()`;
  assert.equal(await page.evaluate(bad), []);
  assert.equal(await page.evaluate(lowContrast), []);
  await page.close();
});

test("application gone :: said", async () => {
  const page = await open(link);
  await page.locator("#watch").click();
  await shows(page, "#hop-answer .moment", /^false$/);
  await client.running.stop();
  await shows(page, "#cards", /the application itself does not answer/);
  await page.close();
  assert.ok(problems.splice(0).every((problem) => /Failed to load resource|ERR_/.test(problem)));
});

test("silence :: no error in the console, no request to another host", () => assert.equal(problems, []));

test.run();
