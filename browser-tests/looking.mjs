// Tests that look at a page, where there is a browser.

import { after, test } from "node:test";
import { close, context, isThere } from "./browser.mjs";

after(close);

/**
 * A test in a context of its own. Nothing may go wrong in it that the page does not say, and of everything that is
 * asked, `isOurs(url)` must hold.
 */
export function looking(name, { isOurs, ...options }, look) {
  test(name, { skip: !isThere }, async () => {
    const own = await context(options);
    const wrong = [];
    own.on("weberror", (error) => wrong.push(String(error.error())));
    own.on("console", (message) => message.type() === "error" && wrong.push(message.text()));
    own.on("request", (request) => isOurs(request.url()) || wrong.push(`asked ${request.url()}`));
    try {
      await look(await own.newPage(), own);
    } finally {
      await own.close();
    }
    if (wrong.length > 0) throw new Error(wrong.join("\n"));
  });
}

/** What is wider than the page, or nothing. */
export function widest(page) {
  return page.evaluate(() => {
    const wide = [...document.body.querySelectorAll("*")].filter((element) => element.getBoundingClientRect().right > innerWidth + 1);
    return document.documentElement.scrollWidth > innerWidth ? wide.map((element) => element.outerHTML.slice(0, 120)) : [];
  });
}

/** The least contrast of a text with what is behind it (WCAG 2.2), and the text. */
export function faintest(page) {
  return page.evaluate(() => {
    const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
    const mixed = (colours) => {
      canvas.clearRect(0, 0, 1, 1);
      for (const colour of colours) Object.assign(canvas, { fillStyle: colour }).fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data];
    };
    const light = (pixel) => {
      const [r, g, b] = pixel.slice(0, 3).map((value) => value / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const behind = (element) => (element ? [...behind(element.parentElement), getComputedStyle(element).backgroundColor] : ["Canvas"]);
    const hasText = (element) => [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim());
    const seen = [...document.body.querySelectorAll("*")].filter((element) => element.checkVisibility() && hasText(element) && !element.matches("textarea, option, script, style, :disabled"));
    const all = seen.map((element) => {
      const back = behind(element);
      const [a, b] = [light(mixed(back)), light(mixed([...back, getComputedStyle(element).color]))];
      return [(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), element.textContent.slice(0, 60)];
    });
    return all.sort(([a], [b]) => a - b)[0];
  });
}
