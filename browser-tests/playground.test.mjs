// The playground as somebody uses it, opened from its file and with no network at all.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { faintest, looking, widest } from "./looking.mjs";

const PAGE = new URL("../target/playground/index.html", import.meta.url);
const CONVERSATIONS = new URL("../host-tests/conversations/", import.meta.url);
const ALONE = { offline: true, isOurs: (url) => url.startsWith("file:///") || url.startsWith("data:image/svg") };
const PHONE = { ...ALONE, viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

async function open(page, fragment = "") {
  await page.goto(`${PAGE}${fragment}`);
  await page.waitForSelector("html[data-ready]");
}

const field = (page, id) => page.locator(`#${id} textarea`);
const verdict = (page) => page.locator("#verdict");

/** Until what was typed is in the address. */
const settled = (page) => page.waitForFunction(() => location.hash.startsWith("#v1."));

looking("every provider's requests become what their conversations say", ALONE, async (page) => {
  await open(page);
  const seen = await page.evaluate(() => {
    const found = [];
    const choose = (id, value) => {
      const select = document.getElementById(id);
      select.value = value;
      select.dispatchEvent(new Event("change"));
    };
    for (const { value: provider } of [...document.getElementById("provider").options].slice(0, -1)) {
      choose("provider", provider);
      for (const { value: name } of document.getElementById("recorded").options) {
        choose("recorded", name);
        const events = [...document.querySelectorAll("#events b")].map((event) => event.textContent);
        found.push({ name, status: document.querySelector("#verdict strong").textContent, events });
      }
    }
    return found;
  });
  const shown = new Map();
  for (const outcome of seen) {
    const conversation = outcome.name.slice(0, outcome.name.lastIndexOf("/"));
    shown.set(conversation, [...(shown.get(conversation) ?? []), outcome]);
  }
  let compared = 0;
  for (const [name, outcomes] of shown) {
    const { steps } = JSON.parse(readFileSync(new URL(`${name}.json`, CONVERSATIONS)));
    if (steps.length !== outcomes.length) continue;
    compared += 1;
    assert.deepEqual(outcomes.map(({ status }) => status), steps.map(({ expect }) => String(expect.status)), name);
    for (const [at, { expect }] of steps.entries()) {
      if (expect.events) assert.deepEqual(outcomes[at].events, expect.events.map(nameOf), `${name}, ${at + 1}`);
    }
  }
  // Credentials are no part of a translation, and it has no service of another shape.
  const providers = readdirSync(CONVERSATIONS).filter((folder) => !["auth", "mapping"].includes(folder));
  assert.deepEqual(providers.filter((provider) => ![...shown.keys()].some((name) => name.startsWith(`${provider}/`))), []);
  assert.ok(seen.length > 1000 && compared > 100, `${seen.length} requests, ${compared} whole conversations`);
});

const nameOf = ({ event, type }) => event ?? type;

looking("what is typed is translated at once, and what is wrong is marked from its first letter", ALONE, async (page) => {
  await open(page, "#okta/first-day/1");
  await page.selectOption("#provider", "own");
  await page.selectOption("#method", "PATCH");
  await field(page, "path").fill("/Users/7");
  await field(page, "records").fill('[{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada", "active": true}]');
  const operation = { op: "replace", path: "active", value: false };
  await field(page, "body").fill(JSON.stringify({ Operations: [operation] }));
  await page.getByText("200 user.updated").waitFor();
  assert.equal(await page.locator("#changes li").innerText().then((text) => text.replaceAll(/\s+/g, " ")), "replace active true false");
  assert.match(await page.locator(".difference del").allInnerTexts().then((lines) => lines.join()), /- +"active": true/);

  await field(page, "body").fill(JSON.stringify({ Operations: [{ ...operation, path: 'emails[type eq "work" xx]' }] }));
  await verdict(page).getByText("400").waitFor();
  assert.match(await verdict(page).innerText(), /invalidPath\s+Operations\[0\]\.path\s+column 23: expected `]`, found `x`/);
  assert.equal(await page.locator("#body mark.spot").allInnerTexts().then((texts) => texts.join("")), 'xx]"');
  await page.getByRole("button", { name: "Show it" }).click();
  assert.equal(await selected(page), 'xx]"');
  assert.equal(await field(page, "body").getAttribute("aria-invalid"), "true");

  await field(page, "body").fill('{"Operations": [}');
  await page.locator("#body mark", { hasText: "}" }).waitFor();
  await page.selectOption("#method", "GET");
  await field(page, "body").fill("");
  await field(page, "path").fill("/Users?filter=userName%20xq%20%22ada%22");
  await page.locator("#path mark.spot").first().waitFor();
  assert.match(await verdict(page).innerText(), /invalidFilter/);
});

const selected = (page) => page.evaluate(() => {
  const { value, selectionStart, selectionEnd } = document.activeElement;
  return value.slice(selectionStart, selectionEnd);
});

looking("settings and records that are wrong say where", ALONE, async (page) => {
  await open(page, "#okta/first-day/1");
  await field(page, "settings").fill('{"directories": [{"id": "a", "provider": "octa"}]}');
  await page.locator("#settings mark", { hasText: '"octa"' }).waitFor();
  assert.match(await verdict(page).innerText(), /Settings\s+directories\[0\]\.provider\s+`octa` is none of/);
  await field(page, "settings").fill("{");
  await page.locator("#settings.wrong mark").waitFor();
  await field(page, "settings").fill("");
  await field(page, "records").fill('[{"id": "1", "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"]}, 7]');
  await page.locator("#records mark", { hasText: "7" }).waitFor();
  await field(page, "records").fill("[]");
  await page.getByText("200 no event").waitFor();
  assert.equal(await page.locator("mark").count(), 0);
});

looking("a link brings back everything but secrets", ALONE, async (page, context) => {
  await open(page, "#entra/groups/5");
  assert.equal(await page.locator("#provider").inputValue(), "entra");
  await field(page, "headers").evaluate((element) => { element.closest("details").open = true; });
  await field(page, "headers").fill("if-none-match: *");
  await field(page, "path").fill("/Groups?attributes=displayName");
  await page.locator("#sign").click();
  await page.locator("#signature").waitFor();
  await page.locator("#signing summary").click();
  await field(page, "secrets").fill("USHER_SIGNING_SECRET: whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  await settled(page);
  await page.waitForTimeout(600);
  const other = await context.newPage();
  await open(other, new URL(page.url()).hash);
  const texts = (one) => one.locator(":is(#path, #headers, #body, #records, #settings) textarea").evaluateAll((all) => all.map((area) => area.value));
  assert.deepEqual(await texts(other), await texts(page));
  assert.equal(await other.locator("#answer").innerText(), await page.locator("#answer").innerText());
  assert.equal(await other.locator("#events").innerText(), await page.locator("#events").innerText());
  assert.ok(!(await field(other, "secrets").inputValue()).includes("MfKQ9r8"));
  assert.equal(other.url(), page.url());
  await other.evaluate(() => { location.hash = "#okta/first-day/2"; });
  await other.waitForFunction(() => document.getElementById("recorded").value === "okta/first-day/2");
  await open(other, "#v1.nonsense");
  await other.locator("#verdict .good").waitFor();
});

looking("a signature is the one that a receiver computes", ALONE, async (page) => {
  await open(page, "#okta/first-day/3");
  await page.locator("#sign").click();
  await page.locator("#signature").waitFor();
  const [id, signature, time] = await Promise.all(["webhook-id", "webhook-signature", "webhook-timestamp"].map((name) => page.locator(`#signature dt:text-is("${name}") + dd`).innerText()));
  const secret = (await field(page, "secrets").inputValue()).split(": whsec_")[1];
  const body = await page.evaluate(() => [...document.querySelectorAll("#calls > details")].find((call) => call.textContent.includes("webhook-id")).querySelector(".sent").textContent);
  const expected = createHmac("sha256", Buffer.from(secret, "base64")).update(`${id}.${time}.${body}`).digest("base64");
  assert.equal(signature, `v1,${expected}`);
});

looking("an HTTP message that is pasted falls into its parts", ALONE, async (page) => {
  await open(page);
  await page.selectOption("#provider", "own");
  const text = 'DELETE /scim/v2/acme/Users/7 HTTP/1.1\r\nHost: x\r\nIf-Match: W/"1"\r\nContent-Length: 0\r\n\r\n';
  await field(page, "path").evaluate((element, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text", pasted);
    element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);
  assert.equal(await page.locator("#method").inputValue(), "DELETE");
  assert.equal(await field(page, "path").inputValue(), "/scim/v2/acme/Users/7");
  assert.equal(await field(page, "headers").inputValue(), 'Host: x\nIf-Match: W/"1"');
  await verdict(page).getByText("404").waitFor();
  await field(page, "settings").fill('{"directories": [{"id": "a"}, {"id": "acme", "tenant": "second"}]}');
  await page.selectOption("#method", "GET");
  await page.locator("#calls code", { hasText: "directory=acme" }).waitFor();
});

looking("records go on into the next request", ALONE, async (page) => {
  await open(page);
  await page.selectOption("#provider", "own");
  await page.getByText("201 user.created").waitFor();
  await page.getByRole("button", { name: "Go on with these records" }).click();
  await verdict(page).getByText("409").waitFor();
  assert.match(await verdict(page).innerText(), /uniqueness/);
});

looking("everything can be done with a keyboard", ALONE, async (page) => {
  await open(page, "#okta/first-day/1");
  await focus(page, "recorded");
  await page.keyboard.press("ArrowDown");
  await page.waitForFunction(() => location.hash === "#okta/first-day/2");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => location.hash === "#okta/first-day/3");
  await focus(page, "path");
  assert.notEqual(await page.evaluate(() => getComputedStyle(document.querySelector("#path .sheet")).outlineStyle), "none");
  await page.keyboard.type("x");
  await page.locator("#verdict .bad").waitFor();
  await focus(page, "say");
  await page.keyboard.press("Enter");
  await page.locator("#verdict .good").waitFor();
  await focus(page, "outcome");
  await page.keyboard.press("Space");
  assert.equal(await page.locator("#outcome details").first().getAttribute("open"), null);
});

/** Goes on by Tab until the focus is in there. */
async function focus(page, id) {
  for (let presses = 0; presses < 30; presses += 1) {
    if (await page.evaluate((inside) => document.activeElement.closest(`#${inside}`) !== null, id)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`no way to ${id} by Tab`);
}

looking("nothing is wider than a phone", PHONE, async (page) => {
  for (const name of ["okta/first-day/3", "entra/add-36-attributes/2", "rfc/bulk-failures/2", "rfc/rfc7644-3.4.2-filters/9"]) {
    await open(page, `#${name}`);
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => { details.open = true; }));
    assert.deepEqual(await widest(page), [], name);
  }
});

for (const colorScheme of ["light", "dark"]) {
  looking(`what is written can be read (${colorScheme})`, { ...ALONE, colorScheme }, async (page) => {
    await open(page, "#okta/first-day/3");
    const back = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    assert.equal(back, colorScheme === "light" ? "rgb(250, 250, 250)" : "rgb(21, 23, 28)");
    for (const path of ["", "x"]) {
      await field(page, "path").fill((await field(page, "path").inputValue()) + path);
      await page.locator(path ? "#verdict .bad" : "#verdict .good").waitFor();
      const [contrast, text] = await faintest(page);
      assert.ok(contrast >= 4.5, `${contrast.toFixed(2)}: ${text}`);
    }
  });
}
