import type { Browser, Page } from "playwright-core";

/** What opens pages of one application; what any of them logs as an error, or asks of other hosts, is a problem. */
export interface Session {
  open(path?: string, options?: Parameters<Browser["newPage"]>[0]): Promise<Page>;
  problems: string[];
}

export function session(browser: Browser, url: () => string): Session {
  const problems: string[] = [];
  const open: Session["open"] = async (path = "/", options = {}) => {
    const page = await browser.newPage(options);
    page.setDefaultTimeout(10_000);
    page.on("pageerror", (error) => problems.push(`${path}: ${error.message}`));
    page.on(
      "console",
      (message) =>
        message.type() === "error" && !message.text().includes(changed) && problems.push(`${path}: ${message.text()}`),
    );
    page.on("request", (request) => request.url().startsWith(`${url()}/`) || problems.push(`foreign ${request.url()}`));
    await load(page, url() + path);
    return page;
  };
  return { open, problems };
}

/** What Chromium says of every request under way when an interface comes or goes, as Docker's do with each container. */
const changed = "ERR_NETWORK_CHANGED";

/** Opens an address until its page has begun; another time, twice at most, when the network changed meanwhile. */
export async function load(page: Page, address: string): Promise<void> {
  let broken = false;
  page.on("requestfailed", (request) => {
    broken ||= request.failure()?.errorText.includes(changed) ?? false;
  });
  for (let attempt = 1; ; attempt += 1) {
    broken = false;
    try {
      await page.goto(address);
      return await page.locator("body[data-loaded]").waitFor({ timeout: 10_000 });
    } catch (error) {
      if (!broken || attempt === 3) throw error;
    }
  }
}

/** Presses keys one after the other. */
export async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}
