// The console as somebody uses it who watches real Envoy.

import assert from "node:assert/strict";
import { after, before } from "node:test";
import { context, isThere } from "./browser.mjs";
import { faintest, looking, widest } from "./looking.mjs";
import { up } from "./stack.mjs";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const user = (userName) => ({ schemas: [USER], userName, active: true });

let stack;
before(async () => {
  if (!isThere) return;
  stack = await up();
  const { body } = await stack.ask("POST", "/Users", user("ada@acme.test"));
  const Operations = [{ op: "replace", path: "active", value: false }];
  await stack.ask("PATCH", `/Users/${body.id}`, { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations });
  await stack.ask("POST", "/Users", user("ada@acme.test"));
  for (let times = 0; times < 3; times += 1) await stack.ask("GET", "/Users", undefined, { base: stack.otherBase, token: "wrong" });
});
after(() => stack?.down());

const ours = { isOurs: (url) => url.startsWith("data:image/svg") || new URL(url).origin === new URL(stack.watch).origin };
const DESK = { ...ours, viewport: { width: 1200, height: 900 } };
const PHONE = { ...ours, viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

async function watching(page) {
  await page.goto(stack.watch);
  await page.locator("#state", { hasText: "live" }).waitFor();
}

const rows = (page) => page.locator("#exchanges > li:visible");

looking("nobody looks in without the credential", { isOurs: () => true }, async (page) => {
  const address = new URL(stack.watch);
  const { username, password } = address;
  Object.assign(address, { username: "", password: "" });
  const statuses = [];
  for (const httpCredentials of [undefined, { username, password: "wrong" }, { username: "anybody", password }]) {
    const own = await context({ httpCredentials });
    const answer = await (await own.newPage()).goto(String(address)).catch((error) => error);
    statuses.push(answer.status?.() ?? String(answer).split("\n")[0]);
    await own.close();
  }
  assert.deepEqual(statuses.map((status) => status === 200), [false, false, true], statuses.join());
  await page.close();
});

looking("exchanges are sifted by words and by trouble, and opened by a key", DESK, async (page) => {
  await watching(page);
  await rows(page).first().waitFor();
  // The stack has asked something itself, to see whether it answers.
  const all = await rows(page).count();
  assert.ok(all >= 6);
  await page.keyboard.press("/");
  await page.keyboard.type("acme user.updated");
  assert.equal(await rows(page).count(), 1);
  assert.match(await rows(page).innerText(), /patch_user/);
  await page.keyboard.press("Escape");
  assert.equal(await rows(page).count(), all);
  await page.locator("#trouble").check();
  await page.locator("#filter").fill("acme");
  assert.equal(await rows(page).count(), 1);
  await page.locator("#filter").fill("globex 401");
  assert.equal(await rows(page).count(), 3);
  await page.locator("#filter").fill("uniqueness");
  assert.equal(await rows(page).count(), 1);
  await rows(page).locator("summary").focus();
  await page.keyboard.press("Enter");
  const detail = await rows(page).locator("dl").innerText();
  assert.match(detail, /uniqueness/);
  assert.match(detail, /request id\s+[0-9a-f-]{36}/);
  await page.locator("#filter").fill("nothing is like this");
  assert.equal(await page.locator("#none").innerText(), "None of the exchanges is like that.");
});

looking("what happens is there without a reload, unless somebody says pause", DESK, async (page) => {
  await watching(page);
  const before = await rows(page).count();
  await stack.ask("GET", "/Users/somebody");
  await more(page, before);
  await page.locator("#pause").click();
  assert.equal(await page.locator("#state").innerText(), "paused");
  const seen = await rows(page).count();
  await stack.ask("GET", "/Users/nobody");
  await page.waitForTimeout(2500);
  assert.equal(await rows(page).count(), seen);
  await page.locator("#pause").click();
  await more(page, seen);
});

const more = (page, than) => page.waitForFunction((count) => document.querySelectorAll("#exchanges > li").length > count, than);

looking("directories say how they are, and what to type into the provider's form", DESK, async (page, own) => {
  await own.grantPermissions(["clipboard-read", "clipboard-write"]);
  await watching(page);
  await page.getByText("3 refused for a missing or wrong credential").waitFor();
  await page.locator("#find").fill("acm");
  await page.waitForFunction(() => document.querySelectorAll("#directories > li").length === 1);
  await page.getByRole("button", { name: "Set up acme" }).focus();
  await page.keyboard.press("Enter");
  await page.locator("#setup[open]").waitFor();
  assert.equal(await page.locator("#provider").inputValue(), "okta");
  await page.getByRole("button", { name: "Copy" }).first().click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), stack.base);
  await page.selectOption("#provider", "entra");
  await page.locator("#values", { hasText: "Tenant URL" }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator("#setup").waitFor({ state: "hidden" });
});

looking("nothing is wider than a phone", PHONE, async (page) => {
  await watching(page);
  await rows(page).first().locator("summary").click();
  assert.deepEqual(await widest(page), []);
  await page.getByRole("button", { name: "Set up acme" }).click();
  assert.deepEqual(await widest(page), []);
});

for (const colorScheme of ["light", "dark"]) {
  looking(`what is written can be read (${colorScheme})`, { ...DESK, colorScheme }, async (page) => {
    await watching(page);
    await rows(page).first().waitFor();
    const back = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(back, colorScheme === "light" ? "rgb(250, 250, 250)" : "rgb(21, 23, 28)");
    const [contrast, text] = await faintest(page);
    assert.ok(contrast >= 4.5, `${contrast.toFixed(2)}: ${text}`);
  });
}
