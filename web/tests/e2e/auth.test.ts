// SPDX-License-Identifier: Apache-2.0
//
// A server with TLS and tokens: who signs in how, and what each role is offered.
import assert from "node:assert/strict";
import fs from "node:fs";
import { after, before, test } from "node:test";
import { fromBinary, toBinary } from "@bufbuild/protobuf";
import type { Browser, Page } from "playwright-core";
import { ListRunnersResponseSchema } from "../../gen/roxlab/v1/lab_pb";
import { RunnerState } from "../../gen/roxlab/v1/record_pb";
import { Visit, startBrowser } from "./browser";
import { LabProcess } from "./lab";

const lab = new LabProcess({ tls: true });
let browser: Browser;
const tokens: Record<string, string> = {};
const experiments: Record<string, string> = {};
let runner: string;

const specOf = (name: string) =>
  `name: ${name}\nvariants: [stock, rox-cache]\nbaseline: stock\nmachines: qemu-bbml3\nworkloads: boot\nseeds: 1\n`;

before(async () => {
  await lab.start();
  runner = (await lab.json("runners")).runners[0].name;
  // So that what is handed in stays as it is.
  await lab.cli("runner", "pause", runner, "--reason", "tests of the page");
  tokens["admin"] = lab.adminToken;
  for (const [name, role] of [
    ["vera", "viewer"],
    ["sam", "submitter"],
    ["sue", "submitter"],
    ["rita", "viewer"],
  ] as const)
    tokens[name] = await lab.addToken(name, role);
  for (const name of ["sam", "sue"]) experiments[name] = await lab.submit(specOf(`web-of-${name}`), tokens[name]);
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  await lab.stop();
});

async function give(page: Page, token: string): Promise<void> {
  await page.getByLabel(/Your token/).fill(token);
  await page.getByRole("button", { name: "Sign in" }).click();
}

const asks = (page: Page) => page.getByText("The server asks who you are.");

/** Does this on a page of somebody who has signed in there. */
async function as(name: string, url: string, what: (page: Page, visit: Visit) => Promise<void>): Promise<void> {
  const visit = await Visit.to(browser, lab, url);
  await give(visit.page, tokens[name]!);
  await visit.page.locator(".who", { hasText: name }).waitFor();
  await visit.settled();
  await what(visit.page, visit);
  await visit.end();
}

test("who has not signed in sees nothing of the lab, and is told what is wrong with a token", async () => {
  const visit = await Visit.to(browser, lab, `/experiments/${experiments["sam"]}`);
  const { page } = visit;
  await page.getByRole("heading", { name: "Not signed in" }).waitFor();
  await visit.screenshot("sign-in");
  assert.deepEqual(await visit.violations(), []);
  await give(page, "two words");
  await page.getByRole("alert").filter({ hasText: "one word" }).waitFor();
  await give(page, "roxlab_0123456789");
  await page.getByRole("alert").filter({ hasText: "not known here" }).waitFor();
  await visit.screenshot("sign-in-refused");
  assert.deepEqual(await visit.violations(), []);
  assert.equal(await page.getByText("web-of-sam").count(), 0);
  // What is wrong is not that the server is away.
  assert.equal(await page.locator(".link-state.lost").count(), 0);
  await give(page, tokens["vera"]!);
  await page.getByRole("heading", { name: "web-of-sam" }).waitFor();
  assert.equal(await asks(page).count(), 0);
  await page.locator(".link-state.live").waitFor();
  await visit.end();
});

test("a token is kept where no script sees it, and holds for other pages of the browser", async () => {
  await as("vera", "/", async (page) => {
    const secret = tokens["vera"]!;
    const seen = await page.evaluate(() =>
      JSON.stringify([document.cookie, { ...localStorage }, { ...sessionStorage }]),
    );
    assert.ok(!seen.includes(secret));
    const [cookie] = await page.context().cookies();
    assert.equal(cookie!.value, secret);
    assert.ok(cookie!.httpOnly && cookie!.secure && cookie!.sameSite === "Strict" && cookie!.expires === -1);
    await page.reload();
    await page.getByText("web-of-sam").waitFor();
    const other = await page.context().newPage();
    await other.goto("/runners");
    await other.getByRole("link", { name: runner }).waitFor();
    assert.equal(await asks(other).count(), 0);
  });
});

test("a viewer is offered nothing that would be refused", async () => {
  await as("vera", `/experiments/${experiments["sam"]}`, async (page, visit) => {
    await page.locator(".who", { hasText: "viewer" }).waitFor();
    await page
      .getByRole("link", { name: /^build / })
      .first()
      .waitFor();
    assert.equal(await page.getByRole("button", { name: "Cancel…" }).count(), 0);
    assert.equal(await page.getByRole("link", { name: "Submit" }).count(), 0);
    await visit.screenshot("experiment-viewer");
    assert.deepEqual(await visit.violations(), []);
    await page.goto("/submit");
    await page.getByRole("heading", { name: "You may look, but not hand in" }).waitFor();
    await page.getByText("vera is a viewer here").waitFor();
    await visit.screenshot("submit-viewer");
    assert.deepEqual(await visit.violations(), []);
    await page.goto("/runners");
    await page.getByText("‖ paused").waitFor();
    assert.equal(await page.getByRole("button", { name: /^(Pause|Resume) / }).count(), 0);
  });
});

test("artifacts are read by those who have signed in, and by nobody else", async () => {
  const { builds } = await lab.json("show", experiments["sam"]!);
  const build = builds.find((one: any) => one.patches?.length > 0);
  await as("vera", `/builds/${build.id}`, async (page) => {
    const link = page.getByRole("link", { name: /\.patch$/ }).first();
    const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
    assert.match(fs.readFileSync(await download.path(), "utf8"), /^From: /m);
    const href = (await link.getAttribute("href"))!;
    await page.getByRole("button", { name: "sign out" }).click();
    await asks(page).waitFor();
    // Past the browser's own copy.
    const status = await page.evaluate(async (url) => (await fetch(url, { cache: "no-store" })).status, href);
    assert.equal(status, 401);
  });
});

test("who signs out is asked again, and nothing of the lab stays on the page", async () => {
  await as("sam", "/", async (page) => {
    await page.getByText("web-of-sam").waitFor();
    await page.getByRole("button", { name: "sign out" }).click();
    await asks(page).waitFor();
    assert.equal(await page.getByText("web-of-sam").count(), 0);
    assert.equal(await page.locator(".who").count(), 0);
    assert.deepEqual(await page.context().cookies(), []);
    // Another may use the same page.
    await give(page, tokens["vera"]!);
    await page.locator(".who", { hasText: "vera" }).waitFor();
    await page.getByText("web-of-sam").waitFor();
  });
});

test("a submitter may hand in, and cancel what is theirs", async () => {
  await as("sue", `/experiments/${experiments["sam"]}`, async (page) => {
    await page.getByRole("link", { name: "Submit" }).waitFor();
    assert.equal(await page.getByRole("button", { name: "Cancel…" }).count(), 0);
    await page.goto("/submit?from=rox-vs-stock");
    await page.getByRole("button", { name: "Submit" }).click();
    await page.waitForURL(/\/experiments\/[0-9a-f]+$/);
    await page.getByText("by sue").waitFor();
    await page.getByRole("button", { name: "Cancel…" }).click();
    await page.getByRole("button", { name: "Cancel what is not done" }).click();
    await page.locator("main .badge.big", { hasText: "CANCELLED" }).waitFor();
    await page.goto("/runners");
    await page.getByText("‖ paused").waitFor();
    assert.equal(await page.getByRole("button", { name: /^(Pause|Resume) / }).count(), 0);
  });
});

test("an admin may cancel what is another's", async () => {
  await as("admin", `/experiments/${experiments["sue"]}`, async (page) => {
    await page.getByRole("button", { name: "Cancel…" }).click();
    await page.getByRole("button", { name: "Cancel what is not done" }).click();
    await page.locator("main .badge.big", { hasText: "CANCELLED" }).waitFor();
  });
});

test("an admin pauses a runner with a reason and resumes it, and others see it at once", async () => {
  // Otherwise the runner starts with it.
  await lab.cli("cancel", experiments["sam"]!);
  await as("vera", "/runners", async (watching) => {
    await as("admin", `/runners/${encodeURIComponent(runner)}`, async (page, visit) => {
      await page.getByText("‖ paused").waitFor();
      await page.getByText("tests of the page").waitFor();
      await visit.screenshot("runner-paused");
      assert.deepEqual(await visit.violations(), []);
      await page.getByRole("button", { name: `Resume ${runner}` }).click();
      for (const one of [page, watching]) await one.getByText("● online").waitFor();
      await page.getByRole("button", { name: `Pause ${runner}` }).click();
      await page.getByLabel("why").fill("the fan is <b>loud</b>");
      await visit.screenshot("runner-pausing");
      assert.deepEqual(await visit.violations(), []);
      await page.getByLabel("why").press("Enter");
      for (const one of [page, watching]) {
        await one.getByText("‖ paused").waitFor();
        await one.getByText("the fan is <b>loud</b>").waitFor();
      }
    });
  });
});

test("a runner in quarantine says why, and an admin may let it work again", async () => {
  await as("admin", "/builds", async (page, visit) => {
    // Says of the runner what the server would after three jobs that ended in ERROR.
    await page.route("**/roxlab.v1.Lab/ListRunners", async (route) => {
      const list = fromBinary(ListRunnersResponseSchema, await (await route.fetch()).body());
      Object.assign(list.runners[0]!, { state: RunnerState.RUNNER_QUARANTINED, reason: "no space left" });
      const body = Buffer.from(toBinary(ListRunnersResponseSchema, list));
      await route.fulfill({ contentType: "application/proto", body });
    });
    await page.goto("/runners");
    await page.locator(".tone-error", { hasText: "! quarantined" }).waitFor();
    await page.getByText("no space left").waitFor();
    await page.getByRole("button", { name: `Pause ${runner}` }).waitFor();
    await visit.screenshot("runners-quarantined");
    assert.deepEqual(await visit.violations(), []);
    const [call] = await Promise.all([
      page.waitForResponse((one) => one.url().endsWith("/SetRunner")),
      page.getByRole("button", { name: `Resume ${runner}` }).click(),
    ]);
    assert.equal(call.status(), 200);
    assert.match(await lab.cli("runners"), / online /);
    await lab.cli("runner", "pause", runner);
  });
});

test("a token that is taken back ends what the page may do, and another goes on from there", async () => {
  await as("rita", "/", async (page, visit) => {
    await page.locator(".link-state.live").waitFor();
    await lab.cli("token", "revoke", "rita");
    await page.getByLabel("name, title, submitter or id").fill("web-of");
    await asks(page).waitFor();
    assert.equal(await page.locator(".who").count(), 0);
    await visit.screenshot("token-revoked");
    assert.deepEqual(await visit.violations(), []);
    await give(page, tokens["vera"]!);
    await page.locator(".who", { hasText: "vera" }).waitFor();
    await page.getByText("web-of-sam").waitFor();
    assert.match(page.url(), /search=web-of/);
  });
});

test("a page of somebody else's site cannot use the token", async () => {
  await as("vera", "/", async (page) => {
    const answer = await page.request.post(`${lab.url}/roxlab.v1.Lab/WhoAmI`, {
      headers: { Origin: "https://example.org", "Content-Type": "application/json" },
      data: "{}",
    });
    assert.equal(answer.status(), 403);
  });
});

for (const look of [
  { name: "dark", options: { colorScheme: "dark" } },
  { name: "phone", options: { colorScheme: "light", viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 } },
] as const)
  test(`signing in and the switch of a runner are whole and accessible: ${look.name}`, async () => {
    const visit = await Visit.to(browser, lab, "/runners", look.options);
    const { page } = visit;
    const check = async (name: string) => {
      await visit.screenshot(`${name}-${look.name}`);
      assert.deepEqual(await visit.violations(), []);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(wide <= 0, `the page is ${wide} px wider than the screen`);
    };
    await asks(page).waitFor();
    await check("sign-in");
    await give(page, tokens["admin"]!);
    await page.getByText("‖ paused").waitFor();
    await check("runners-admin");
    await visit.end();
  });
