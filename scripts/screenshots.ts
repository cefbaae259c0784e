/** Takes the pictures of both pages, light, dark and narrow: `node --import tsx scripts/screenshots.ts [FOLDER]`. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { until } from "lab/until";
import type { Browser, Page } from "playwright-core";
import { load } from "../apps/evaluation-client/test/browser/session.ts";
import { startClient } from "../apps/evaluation-client/test/client.ts";
import { startBrowser } from "../testing/browser.ts";
import { startMaster, startSidecar } from "../testing/flipt.ts";
import { repository } from "../testing/process.ts";

const folder = process.argv[2] ?? repository("diagrams/screenshots");
const program = process.env.FLIPT_BIN;
const looks = [
  { look: "light", colorScheme: "light", width: 1280, height: 900 },
  { look: "dark", colorScheme: "dark", width: 1280, height: 900 },
  { look: "360px", colorScheme: "light", width: 360, height: 780 },
] as const;

/** One page in every look, each picture taken when `prepare` is done. */
async function pictures(browser: Browser, name: string, url: string, prepare: (pages: Page[]) => Promise<void>) {
  const pages = await Promise.all(
    looks.map(async ({ colorScheme, width, height }) => {
      const page = await browser.newPage({ colorScheme, viewport: { width, height }, reducedMotion: "reduce" });
      if (url.startsWith(client.url)) await load(page, url);
      else await page.goto(url);
      return page;
    }),
  );
  await prepare(pages);
  for (const [index, { look }] of looks.entries()) {
    const path = join(folder, `${name}-${look}.png`);
    await pages[index]?.screenshot({ path, fullPage: true });
    console.log(path);
  }
  await Promise.all(pages.map((page) => page.close()));
}

async function switchOn(master: string, key: string): Promise<void> {
  const url = `${master}/api/v1/namespaces/default/flags/${key}`;
  const flag = (await (await fetch(url)).json()) as object;
  const body = JSON.stringify({ ...flag, enabled: true });
  const answer = await fetch(url, { method: "PUT", body });
  if (!answer.ok) throw new Error(`cannot switch "${key}" on: ${answer.status} ${await answer.text()}`);
}

const browser = await startBrowser().catch((error: Error) => {
  console.error(`screenshots: ${error.message}`);
  process.exit(1);
});
const state = await readFile(repository("k8s/bases/flipt-seed/features.yml"), "utf8");
const master = await startMaster({ state, program });
const sidecar = await startSidecar({ state, program });
const client = await startClient({
  FLIPT_SIDECAR_URL: sidecar.url,
  FLIPT_MASTER_URL: master.url,
  EXPORT_SCHEDULE: "10s",
});
try {
  await mkdir(folder, { recursive: true });
  await pictures(browser, "flipt-master", master.url, async () => {});
  const question = "/?namespace=default&flag=button-colour&entity=user-3&backend=both&context.country=DE";
  await pictures(browser, "evaluation-client", `${client.url}${question}`, async (pages) => {
    for (const page of pages) {
      await page.locator(".card").first().waitFor();
      await page.locator("#entity").press("Enter"); // the first question also opens the connections
      await page
        .getByText("×2")
        .or(page.getByText(/×[3-9]/))
        .first()
        .waitFor();
    }
  });
  const asked = { question: { flagKey: "dark-mode", entityId: "user", backend: "both" }, perSecond: 20 };
  await fetch(`${client.url}/api/load`, { method: "POST", body: JSON.stringify(asked) });
  const change = "/?namespace=default&flag=dark-mode&entity=user-1&backend=both";
  await pictures(browser, "one-change-travels", `${client.url}${change}`, async (pages) => {
    await Promise.all(pages.map((page) => page.locator("#watch").click()));
    const seen = (pattern: RegExp, seconds: number) =>
      until(String(pattern), { seconds, everyMs: 250 }, async () => {
        const texts = await Promise.all(pages.map((page) => page.locator("#answers").textContent()));
        return texts.every((text) => pattern.test(text ?? "")) ? { value: true } : { seen: texts.join(" | ") };
      });
    await seen(/unchanged for (1[2-9]|[2-5]\d) s/, 30);
    await switchOn(master.url, "dark-mode");
    const file = join(sidecar.dir, "features.yml");
    await writeFile(file, state.replace(/(key: dark-mode[\s\S]*?enabled: )false/, "$1true"));
    await seen(/the change arrived after/, 60);
    await seen(/changed [5-9] s ago/, 30);
  });
  await pictures(browser, "master-stopped", `${client.url}${change}`, async (pages) => {
    await Promise.all(pages.map((page) => page.locator("#watch").click()));
    await Promise.all(pages.map((page) => page.locator("#timeline").waitFor()));
    await master.running.stop();
    await Promise.all(pages.map((page) => page.locator(".card.aside").waitFor()));
    await Promise.all(pages.map((page) => page.locator("#status-master").getByText("nothing depends").waitFor()));
  });
} finally {
  await browser.close();
  await Promise.all([client.running.stop(), master.stop(), sidecar.stop()]);
}
