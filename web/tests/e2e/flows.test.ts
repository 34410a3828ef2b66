// SPDX-License-Identifier: Apache-2.0
//
// What people do with the dashboard, against the real server, a real runner and real kernels.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { Visit, startBrowser } from "./browser";
import { LabProcess, MINUTES, SOURCE } from "./lab";

const lab = new LabProcess();
let browser: Browser;

before(async () => {
  await lab.start();
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await lab.stop();
});

/** Does this on a page, which must see nothing go wrong. */
async function onPage(url: string, what: (page: Page, visit: Visit) => Promise<void>): Promise<void> {
  const visit = await Visit.to(browser, lab, url);
  await what(visit.page, visit);
  await visit.end();
}
const ONE = "variants: stock\nmachines: qemu-bbml3\n";

/** The series of the ROX cache as one mbox. */
function mbox(): Buffer {
  const directory = path.join(SOURCE, "kernels/series/rox-cache");
  const patches = fs.readdirSync(directory, { recursive: true }) as string[];
  return Buffer.concat(
    patches
      .filter((name) => name.endsWith(".patch"))
      .sort()
      .map((name) => fs.readFileSync(path.join(directory, name))),
  );
}

test("an experiment is checked as it is written, handed in, and seen to its end", async () => {
  await onPage("/submit", async (page) => {
    await page.getByLabel("name", { exact: true }).fill("web-submitted");
    await page.getByRole("checkbox", { name: /^stock the base as it is$/ }).check();
    await page.getByRole("checkbox", { name: /^rox-cache module text from PMD/ }).check();
    await page.getByRole("checkbox", { name: /^qemu-bbml3 / }).check();
    await page.getByRole("checkbox", { name: /^boot / }).check();
    await page.getByRole("textbox", { name: /^seeds/ }).fill("1-x");
    // Not what was wrong before this was written.
    await page.locator(".check.failed .words", { hasText: "1-x" }).waitFor();
    assert.ok(await page.getByRole("button", { name: "Submit" }).isDisabled());
    await page.getByRole("textbox", { name: /^seeds/ }).fill("1-2");
    await page.getByText("4 runs").waitFor();
    await page.getByRole("button", { name: "Submit" }).click();
    await page.waitForURL(/\/experiments\/[0-9a-f]+$/);
    await page.locator("main .badge.big", { hasText: "PASS" }).waitFor({ timeout: 30 * MINUTES });
    await page.getByText("4 of 4", { exact: false }).or(page.locator(".runs .tone-pass").nth(3)).first().waitFor();
    assert.equal(await page.locator(".runs .sign.tone-pass").count(), 4);
  });
});

test("a file of patches is read by the server, and one that holds none is refused in its words", async () => {
  await onPage("/submit", async (page, visit) => {
    await page.getByRole("button", { name: /^Add a variant/ }).click();
    const file = page.locator("input[type=file]");
    await file.setInputFiles({ name: "notes.txt", mimeType: "text/plain", buffer: Buffer.from("no patch at all\n") });
    await page.locator(".drop .tone-fail").waitFor();
    await file.setInputFiles({ name: "rox-cache.mbox", mimeType: "application/mbox", buffer: mbox() });
    await page.getByText("6 patches").waitFor();
    assert.equal(await page.locator(".patches li").count(), 6);
    await visit.screenshot("submit-patches");
    assert.deepEqual(await visit.violations(), []);
  });
});

test("an experiment under way is cancelled from its page", async () => {
  const id = await lab.submit(`name: web-cancelled\n${ONE}workloads: modules\nseeds: 1-300\n`);
  await onPage(`/experiments/${id}`, async (page) => {
    await page.getByRole("button", { name: "Cancel…" }).click();
    await page.getByRole("button", { name: "Cancel what is not done" }).click();
    await page.locator("main .badge.big", { hasText: "CANCELLED" }).waitFor();
    assert.equal((await lab.ended(id)).experiment.verdict, "CANCELLED");
  });
});

test("a console is seen as it is written, then whole, and can be searched", async () => {
  await lab.stopRunner();
  const id = await lab.submit(`name: web-live\n${ONE}workloads: modules\nseeds: 7\n`);
  const run = (await lab.json("show", id)).runs[0].id;
  await onPage(`/runs/${run}`, async (page) => {
    await page.getByText("Nothing yet.").waitFor();
    lab.startRunner();
    await page
      .locator(".log-line", { hasText: "Booting Linux" })
      .or(page.locator(".log-line", { hasText: "roxlab: phase" }))
      .first()
      .waitFor({ timeout: 30 * MINUTES });
    await page.locator("main .badge.big", { hasText: "PASS" }).waitFor({ timeout: 30 * MINUTES });
    await page.getByText("complete", { exact: false }).waitFor();
    await page.getByLabel("find in the log").fill("ROXLAB: phase");
    await page.getByText("3 lines", { exact: true }).waitFor();
    await page.getByRole("button", { name: "next", exact: true }).click();
    await page.locator(".log-line mark").first().waitFor();
    assert.match(page.url(), /find=ROXLAB/);
    await page.locator(".timeline-words", { hasText: "loaded" }).waitFor();
  });
});

test("a console of 100 MB is read to its end, searched and scrolled, and the page stays alive", async () => {
  const id = await lab.submit(`name: web-long\n${ONE}workloads: boot\nseeds: 1\n`);
  const run = (await lab.ended(id)).runs[0].id;
  const file = lab.logFile(run);
  const text = fs.readFileSync(file);
  const line =
    "[    9.000000] roxlab web test: a line as a console has them, of about a hundred bytes, and once more\n";
  fs.appendFileSync(file, line.repeat(Math.ceil((100 << 20) / line.length)));
  fs.appendFileSync(file, "[   10.000000] the needle\n");
  try {
    await onPage(`/runs/${run}`, async (page) => {
      await page.evaluate(() => {
        (window as any).longest = 0;
        new PerformanceObserver((list) => {
          for (const task of list.getEntries())
            (window as any).longest = Math.max((window as any).longest, task.duration);
        }).observe({ type: "longtask" });
      });
      await page.getByText(/1,\d{3},\d{3} lines, 100(\.\d)? MiB, complete/).waitFor({ timeout: 5 * MINUTES });
      await page.getByLabel("find in the log").fill("the needle");
      await page.locator(".log-line", { hasText: "the needle" }).waitFor();
      await page.getByText("1 line", { exact: true }).waitFor();
      await page.locator(".log-box").evaluate((box) => (box.scrollTop = 0));
      await page.locator(".log-line", { hasText: "Booting Linux" }).waitFor();
      const longest = await page.evaluate(() => (window as any).longest as number);
      assert.ok(longest < 1000, `the page stood still for ${longest} ms`);
    });
  } finally {
    fs.writeFileSync(file, text);
  }
});

/** The owners of the split blocks of a run after a phase, as the artifact tells them. */
async function ownersOf(run: any, phase: string): Promise<any> {
  const artifact = run.artifacts.find((one: any) => one.name === `owners.${phase}.json`);
  return (await fetch(`${lab.url}/artifacts/${artifact.sha256}/${artifact.name}`)).json();
}

test("the map tells a cell's owner, under the mouse and under the cursor", async () => {
  const { runs } = await lab.experiment();
  const stock = await lab.json("show", runs.find((run: any) => run.variant === "stock" && run.seed === "1").id);
  const owners = await ownersOf(stock, "loaded");
  const split = owners.blocks.find((block: any) =>
    block.shares?.some((share: any) => owners.owners[share.owner ?? 0].kind === "MODULE_TEXT"),
  );
  const name = owners.owners[split.shares[0].owner ?? 0].name;
  await onPage(`/map/${stock.id}?phase=loaded&at=0x${BigInt(split.start).toString(16)}`, async (page) => {
    await page.locator(".readout", { hasText: name }).waitFor();
    assert.match((await page.locator(".readout .owners").textContent())!, /split by: .+ pages?\)/);

    const canvas = page.locator("canvas[role=application]");
    await canvas.focus();
    await page.keyboard.press("Home");
    await page.waitForFunction(() => /at=0xffff000000000000/.test(location.search));
    await page.keyboard.press("n");
    await page.waitForFunction(() => !/at=0xffff000000000000/.test(location.search));
    await page.keyboard.press("Enter");
    await page.getByText("a cell is").filter({ hasText: "4 KiB" }).waitFor();
    await page.keyboard.press("Escape");
    await canvas.hover({ position: { x: 80, y: 8 } });
    await page.locator(".tip", { hasText: "0xffff000000000000–" }).waitFor();
  });
});

test("two maps side by side light what differs, after each phase", async () => {
  const { runs } = await lab.experiment();
  const [stock, rox] = ["stock", "rox-cache"].map((variant) =>
    runs.find((run: any) => run.variant === variant && run.seed === "1"),
  );
  await onPage(`/map/${stock.id}?phase=loaded`, async (page) => {
    await page.getByLabel("beside").selectOption(rox.id);
    await page.getByLabel(/light the differences \(\d.* in \d+ stretches\)/).waitFor();
    assert.equal(await page.locator("canvas[role=application]").count(), 2);
    await page.getByRole("slider").press("ArrowRight");
    await page.waitForFunction(() => /phase=unloaded/.test(location.search));
    await page.locator("canvas[aria-label*='after unloaded']").first().waitFor();
  });
});

test("from a number to the run behind it in two clicks", async () => {
  const { experiment } = await lab.experiment();
  await onPage(`/experiments/${experiment.id}`, async (page) => {
    await page
      .locator(".comparison tr", { hasText: "linear.l3_entries_noncont" })
      .filter({ hasText: "loaded" })
      .first()
      .getByRole("button")
      .click();
    const value = page.locator(".pairs-table tbody tr").first().locator("a").nth(1);
    const number = (await value.textContent())!;
    await value.click();
    await page.waitForURL(/\/runs\//);
    await page.locator("main h1", { hasText: "rox-cache, seed 1" }).waitFor();
    const cells = page.locator("tr", { hasText: "linear.l3_entries_noncont" }).locator("td");
    await cells.nth(1).waitFor();
    assert.equal(await cells.nth(1).textContent(), number);
  });
});

test("a page says that the server is away, keeps what it has, and comes back by itself", async () => {
  await onPage("/", async (page, visit) => {
    await page.locator("tbody tr").first().waitFor();
    await page.locator(".link-state.live").waitFor();
    await lab.stopServer();
    await page.getByText("The server does not answer.").waitFor();
    await visit.screenshot("lost");
    assert.deepEqual(await visit.violations(), []);
    assert.ok((await page.locator("tbody tr").count()) > 0);
    await lab.startServer();
    await page.locator(".link-state.live").waitFor();
    await page.getByText("The server does not answer.").waitFor({ state: "detached" });
    // The runner looks for the server's new gRPC address by itself only when it is started again.
    await lab.stopRunner();
    lab.startRunner();
    const id = await lab.submit(`name: web-after-restart\n${ONE}workloads: boot\nseeds: 1\n`);
    await page.locator("tbody tr", { hasText: id }).waitFor();
  });
});

test("hostile names and console output are shown as text and never run", async () => {
  const script = `<img src=x onerror=alert(1)>`;
  const cmdline = `roxlab.x=<img/src=x/onerror=alert(2)>`;
  const id = await lab.submit(
    `name: web-hostile\ntitle: '${script}'\ndefine: {name: hostile, base: linux-7.3, configs: [lab, modules], cmdline: '${cmdline}'}\n` +
      "machines: qemu-bbml3\nworkloads: boot\nseeds: 1\n",
  );
  const state = await lab.ended(id);
  await onPage(`/experiments/${id}`, async (page) => {
    await page.getByText(script).first().waitFor();
    await page.goto(`/runs/${state.runs[0].id}?find=onerror`);
    await page.locator(".log-line", { hasText: cmdline }).first().waitFor();
    await page.goto(`/?search=${encodeURIComponent(script)}`);
    await page.getByText(script).first().waitFor();
    const names = `From 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nFrom: ${script} <a@example.org>\nDate: Mon, 23 Nov 2026 00:00:00 +0000\nSubject: [PATCH] ${script}\n\n${script}\n---\n--- a/COPYING\n+++ b/COPYING\n@@ -1 +1 @@\n-a\n+b\n`;
    await page.goto("/submit");
    await page.getByRole("button", { name: /^Add a variant/ }).click();
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: `${script}.mbox`, mimeType: "text/plain", buffer: Buffer.from(names) });
    await page.locator(".drop [role=status]", { hasText: "onerror" }).waitFor();
    assert.equal(await page.locator("main img").count(), 0);
  });
});

test("ids that nothing has are told in the server's words", async () => {
  await onPage("/experiments/ffffffffffff", async (page) => {
    await page.getByRole("heading", { name: "There is no such thing here" }).waitFor();
    for (const url of ["/runs/ffffffffffff-1", "/builds/ffffffffffff", "/map/ffffffffffff-1"]) {
      await page.goto(url);
      await page.getByRole("heading", { name: "There is no such thing here" }).waitFor();
      assert.match((await page.locator(".state pre").textContent())!, /ffffffffffff/);
    }
  });
});

test("a server that asks nobody shows nothing of signing in, and offers everything", async () => {
  await onPage("/runners", async (page) => {
    await page.getByRole("link", { name: "Submit" }).waitFor();
    await page.getByRole("button", { name: /^Pause / }).waitFor();
    assert.equal(await page.locator(".who").count(), 0);
    assert.equal(await page.getByText("sign out").count(), 0);
    assert.equal(await page.getByText("The server asks who you are").count(), 0);
  });
});
