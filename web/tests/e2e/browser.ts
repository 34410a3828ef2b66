// SPDX-License-Identifier: Apache-2.0
//
// Debian's Chromium, which must see nothing wrong with the page.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import axe from "axe-core";
import { type Browser, type BrowserContextOptions, type Page, chromium } from "playwright-core";
import { type LabProcess, MINUTES, SCREENSHOTS } from "./lab";

const CANDIDATES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export async function startBrowser(): Promise<Browser> {
  const executablePath = CANDIDATES.find((file) => fs.existsSync(file));
  assert.ok(executablePath, "Chromium is missing: apt-get install chromium");
  // Chromium's own sandbox does not work as root; the pages are ours.
  return chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
}

/** A page and what went wrong in it. */
export class Visit {
  readonly problems: string[] = [];

  private constructor(readonly page: Page) {}

  static async to(browser: Browser, lab: LabProcess, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
    const context = await browser.newContext({
      baseURL: lab.url,
      viewport: { width: 1280, height: 900 },
      ignoreHTTPSErrors: true,
      ...options,
    });
    context.setDefaultTimeout(MINUTES);
    const page = await context.newPage();
    const visit = new Visit(page);
    page.on("pageerror", (error) => visit.problems.push(`exception: ${error.message}`));
    page.on("console", (message) => {
      // What the network does is told on the page; a refusal of the Content-Security-Policy is ours.
      if (message.type() === "error" && !/Failed to load resource|net::ERR/.test(message.text()))
        visit.problems.push(`console: ${message.text()}`);
    });
    page.on("dialog", (dialog) => {
      visit.problems.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      const wanted = new URL(request.url());
      if (wanted.protocol.startsWith("http") && wanted.origin !== lab.url)
        visit.problems.push(`request to ${wanted.origin}`);
    });
    await page.goto(url);
    return visit;
  }

  /** Until the page has what it came for: no skeleton is left. */
  async settled(): Promise<void> {
    await this.page.locator("main h1, main .state").first().waitFor();
    await this.page.waitForFunction(() => document.querySelector("main .skeleton") === null);
  }

  async screenshot(name: string): Promise<void> {
    fs.mkdirSync(SCREENSHOTS, { recursive: true });
    await this.page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`), fullPage: true });
  }

  /** axe-core's findings, one a line. */
  async violations(): Promise<string[]> {
    await this.page.evaluate(axe.source);
    const { violations } = await this.page.evaluate(
      () => (window as any).axe.run(document, { resultTypes: ["violations"] }) as Promise<axe.AxeResults>,
    );
    return violations.flatMap((one) =>
      one.nodes.map(
        (node) =>
          `${one.id}: ${one.help}: ${node.html.slice(0, 160)}: ${node.failureSummary?.split("\n").at(-1) ?? ""}`,
      ),
    );
  }

  async end(): Promise<void> {
    await this.page.context().close();
    assert.deepEqual(this.problems, []);
  }
}
