// The browser of the tests and the pictures: Chromium as the system has it.

import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const { chromium } = await import(new URL("../target/tools/node_modules/playwright-core/index.mjs", import.meta.url));

const executablePath = process.env.PATH.split(delimiter).map((place) => join(place, "chromium")).find(canRun);
/** Whether anything here can be looked at. */
export const isThere = executablePath !== undefined;

function canRun(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

let started;

/** A fresh context of the one browser. */
export async function context(options) {
  started ??= chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const own = await (await started).newContext(options);
  own.setDefaultTimeout(10_000);
  return own;
}

export async function close() {
  await (await started)?.close();
}
