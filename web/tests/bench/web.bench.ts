// SPDX-License-Identifier: Apache-2.0
//
// The part of tests/bench/web.py that needs a browser: `node web.bench.cjs URL CLI HOME RUN PID ROUNDS`
// prints what it measured as JSON. CLI and HOME: to hand experiments in. RUN: whose map is drawn.
// PID: the server's.
import { execFile } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import { promisify } from "node:util";
import { type Browser, chromium } from "playwright-core";

const [url = "", cli = "", home = "", run = "", pid = "", rounds = "7"] = process.argv.slice(2);
const VIEWERS = 200;
const IDLE_SECONDS = 10;
const TICKS_PER_SECOND = 100; // Of /proc/PID/stat, on every Linux that this runs on.

/** From the start of the navigation to the first row of the list, s; and the scripts' bytes as sent. */
async function firstView(browser: Browser): Promise<[number, number]> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector("tbody tr")) return;
      observer.disconnect();
      requestAnimationFrame(() => setTimeout(() => performance.mark("rows")));
    }).observe(document, { childList: true, subtree: true });
  });
  await page.goto(url);
  await page.waitForFunction(() => performance.getEntriesByName("rows").length > 0);
  const result = await page.evaluate((): [number, number] => {
    const scripts = performance.getEntriesByType("resource") as PerformanceResourceTiming[];
    const bytes = scripts.filter((one) => one.name.endsWith(".js")).reduce((sum, one) => sum + one.encodedBodySize, 0);
    return [performance.getEntriesByName("rows")[0]!.startTime / 1000, bytes];
  });
  await context.close();
  return result;
}

/** What the page took to draw a map, s; without the first drawings of a page. */
async function drawings(browser: Browser): Promise<number[]> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`${url}/map/${run}?phase=loaded`);
  const canvas = page.locator("canvas[role=application]");
  await canvas.focus();
  for (let i = 0; i < Number(rounds) * 2; ++i) await page.keyboard.press(i % 2 ? "Home" : "End");
  const all = await page.evaluate(() =>
    performance.getEntriesByName("roxlab.map.draw").map((one) => one.duration / 1000),
  );
  await page.close();
  return all;
}

/** From when the server stored an experiment to its row on the screen, s. */
async function events(browser: Browser): Promise<number[]> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(url);
  await page.locator(".link-state.live").waitFor();
  const seconds: number[] = [];
  for (let i = 0; i < Number(rounds); ++i) {
    const { stdout } = await promisify(execFile)(cli, ["submit", `${home}/event.yaml`]);
    const id = stdout.trim().split("\n").at(-1)!;
    const shown = await page.waitForFunction((wanted) => {
      if (!document.querySelector(`a[href="/experiments/${wanted}"]`)) return 0;
      return Date.now();
    }, id);
    const at = await shown.jsonValue();
    const { stdout: state } = await promisify(execFile)(cli, ["show", id, "--json"]);
    seconds.push((Number(at) - Number(JSON.parse(state).experiment.created_ms)) / 1000);
    await promisify(execFile)(cli, ["cancel", id]);
  }
  await page.close();
  return seconds;
}

/** One viewer who looks at the list and does nothing. */
function view(agent: http.Agent): Promise<http.IncomingMessage> {
  const body = Buffer.concat([Buffer.from([0, 0, 0, 0, 2]), Buffer.from("{}")]);
  return new Promise((resolve, reject) => {
    const request = http.request(
      `${url}/roxlab.v1.Lab/WatchChanges`,
      {
        method: "POST",
        agent,
        headers: { "Content-Type": "application/connect+json", "Connect-Protocol-Version": "1" },
      },
      (response) => {
        // Open once its first message has come.
        response.once("data", () => resolve(response));
        response.on("error", () => undefined);
      },
    );
    request.on("error", reject);
    request.end(body);
  });
}

/** CPU seconds of the server so far. */
function cpu(): number {
  const fields = fs.readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** The share of a core that idle viewers cost. */
async function idle(): Promise<number> {
  const agent = new http.Agent({ maxSockets: Infinity });
  const viewers = await Promise.all(Array.from({ length: VIEWERS }, () => view(agent)));
  const [before, begin] = [cpu(), performance.now()];
  await new Promise((resolve) => setTimeout(resolve, IDLE_SECONDS * 1000));
  const share = (cpu() - before) / ((performance.now() - begin) / 1000);
  for (const viewer of viewers) viewer.destroy();
  agent.destroy();
  return share;
}

async function main(): Promise<void> {
  const executablePath = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find((file) => fs.existsSync(file));
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ["--no-sandbox"] : [] });
  await firstView(browser); // Warms the server's and the system's caches up.
  const views: [number, number][] = [];
  for (let i = 0; i < Number(rounds); ++i) views.push(await firstView(browser));
  const result = {
    first_view_s: views.map(([seconds]) => seconds),
    script_bytes: views[0]![1],
    draw_s: await drawings(browser),
    event_s: await events(browser),
    idle_share: await idle(),
  };
  await browser.close();
  console.log(JSON.stringify(result));
}

void main();
