// SPDX-License-Identifier: Apache-2.0
//
// Every page in both themes and on a phone: seen (build/screenshots), and checked by axe-core.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { Visit, startBrowser } from "./browser";
import { LabProcess } from "./lab";

const lab = new LabProcess();
let browser: Browser;
let addresses: Record<string, string>;

before(async () => {
  await lab.start();
  browser = await startBrowser();
  const { experiment, runs } = await lab.experiment();
  // A kernel that finds no init panics; a command line is no part of a build, so none is made.
  const failed = await lab.ended(
    await lab.submit(
      "name: web-panic\ntitle: a kernel that finds no init\nvariants: stock\nbaseline: stock\n" +
        "define: {name: no-init, base: linux-7.3, configs: [lab, modules], cmdline: 'initcall_blacklist=populate_rootfs panic=-1'}\n" +
        "machines: qemu-bbml3\nworkloads: boot\nseeds: 1\n",
    ),
  );
  const panicked = failed.runs.find((run: any) => run.verdict === "FAIL");
  const [stock, rox] = ["stock", "rox-cache"].map((variant) =>
    runs.find((run: any) => run.variant === variant && run.seed === "1"),
  );
  const row = encodeURIComponent("rox-cache|qemu-bbml3|modules|loaded|linear.l3_entries_noncont");
  const runner = (await lab.json("runners")).runners[0].name;
  addresses = {
    experiments: "/",
    "experiments-none": "/?search=there-is-none-like-this",
    experiment: `/experiments/${experiment.id}`,
    "experiment-pairs": `/experiments/${experiment.id}?row=${row}`,
    run: `/runs/${rox.id}`,
    "run-search": `/runs/${rox.id}?find=roxlab&line=1`,
    "experiment-failed": `/experiments/${failed.experiment.id}`,
    "run-failed": `/runs/${panicked.id}`,
    map: `/map/${stock.id}?phase=loaded`,
    "map-two": `/map/${stock.id}?phase=loaded&beside=${rox.id}`,
    "map-zoom": `/map/${stock.id}?phase=loaded&beside=${rox.id}&zoom=1&at=0xffff000001000000`,
    builds: "/builds",
    build: `/builds/${rox.build}`,
    runners: "/runners",
    runner: `/runners/${runner}`,
    submit: "/submit",
    "submit-checked": "/submit?from=rox-vs-stock",
    compare: "/compare",
    "compare-two": `/compare?baseline=${experiment.id}&baseline-variant=stock&candidate=${experiment.id}&candidate-variant=rox-cache`,
    "unknown-experiment": "/experiments/ffffffffffff",
    "unknown-page": "/nowhere",
  };
});

after(async () => {
  await browser?.close();
  await lab.stop();
});

const LOOKS = [
  { name: "light", options: { colorScheme: "light" } },
  { name: "dark", options: { colorScheme: "dark" } },
  {
    name: "phone",
    options: { colorScheme: "light", viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, hasTouch: true },
  },
] as const;

for (const look of LOOKS) {
  test(`every page is whole and accessible: ${look.name}`, async (t) => {
    const visit = await Visit.to(browser, lab, "/", look.options);
    for (const [name, url] of Object.entries(addresses)) {
      await t.test(name, async () => {
        await visit.page.goto(url);
        await visit.settled();
        if (name === "submit-checked") await visit.page.getByText("16 runs").waitFor();
        if (name.startsWith("map")) await visit.page.locator("canvas").first().waitFor();
        await visit.screenshot(`${name}-${look.name}`);
        assert.deepEqual(await visit.violations(), []);
        const wide = await visit.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(wide <= 0, `the page is ${wide} px wider than the screen`);
      });
    }
    await visit.end();
  });
}
