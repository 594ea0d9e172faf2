// Takes the pictures in docs/images: `make pictures`.

import { writeFileSync } from "node:fs";
import { close, context } from "./browser.mjs";
import { up } from "./stack.mjs";

const IMAGES = new URL("../docs/images/", import.meta.url);
const PLAYGROUND = new URL("../target/playground/index.html", import.meta.url);
const SCHEMAS = "urn:ietf:params:scim:schemas";
const SIZE = { width: 1200, height: 800 };

/** As WebP, made by the browser itself: a quarter of the PNG. */
async function take(page, name) {
  const png = await page.screenshot({ animations: "disabled", caret: "hide" });
  const blank = await page.context().newPage();
  const webp = await blank.evaluate(async (bytes) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${bytes}`)).blob());
    const canvas = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height });
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    return canvas.toDataURL("image/webp", 0.9).split(",")[1];
  }, png.toString("base64"));
  await blank.close();
  writeFileSync(new URL(`${name}.webp`, IMAGES), Buffer.from(webp, "base64"));
}

async function ofPlayground(name, fragment, options, prepare = () => {}) {
  const own = await context({ viewport: SIZE, deviceScaleFactor: 1.5, ...options });
  const page = await own.newPage();
  await page.goto(`${PLAYGROUND}${fragment}`);
  await page.waitForSelector("html[data-ready]");
  await prepare(page);
  await take(page, name);
  await own.close();
}

/** A bracket that is missing, as it happens to people. */
async function mistake(page) {
  const body = page.locator("#body textarea");
  await body.fill((await body.inputValue()).replace("].value", ".value"));
  await page.locator("#verdict .bad").waitFor();
  await page.evaluate(() => scrollTo(0, 0));
}

async function ofConsole(name, options) {
  const stack = await up();
  try {
    await aMorning(stack);
    const own = await context({ viewport: SIZE, deviceScaleFactor: 1.5, ...options });
    const page = await own.newPage();
    await page.goto(stack.watch);
    await page.locator("#exchanges summary", { hasText: "Operations" }).click();
    await take(page, name);
    await own.close();
  } finally {
    await stack.down();
  }
}

/** A few people come, one leaves, one of each thing goes wrong. */
async function aMorning({ ask, otherBase }) {
  const made = [];
  for (const who of ["ada", "grace", "edsger", "barbara", "ada"]) {
    const { body } = await ask("POST", "/Users", { schemas: [`${SCHEMAS}:core:2.0:User`], userName: `${who}@acme.test`, active: true });
    made.push(body.id);
  }
  const members = made.slice(0, 3).map((value) => ({ value }));
  await ask("POST", "/Groups", { schemas: [`${SCHEMAS}:core:2.0:Group`], displayName: "Engineers", members });
  for (const path of ["/Users?count=1", "/Groups?count=1"]) await ask("GET", path, undefined, { base: otherBase, token: "an old one" });
  const patch = (...Operations) => ({ schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations });
  await ask("PATCH", `/Users/${made[2]}`, patch({ op: "replace", value: { active: false } }));
  await ask("PATCH", `/Users/${made[1]}`, patch({ op: "replace", path: 'emails[type eq "work"', value: "grace@acme.test" }));
  await ask("GET", "/Users?startIndex=1&count=100");
}

await ofPlayground("playground", "#entra/update-classic/2", {});
await ofPlayground("playground-mistake", "#entra/update-classic/3", { colorScheme: "dark" }, mistake);
await ofConsole("console", {});
await close();
