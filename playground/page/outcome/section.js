// A heading with what is under it, and what can be folded away and stays so while somebody types.

import { make } from "../element.js";

const open = new Map();

export function section(title, note, ...children) {
  const heading = make("h2", {}, title, " ", make("small", { textContent: note }));
  return make("section", {}, heading, ...children);
}

/** By the key it is known when the same thing is drawn again. */
export function fold(key, isOpen, summary, ...children) {
  const details = make("details", { open: open.get(key) ?? isOpen }, make("summary", {}, ...summary), ...children);
  details.addEventListener("toggle", () => open.set(key, details.open));
  return details;
}

/** Headers by their names. */
export function headers(all) {
  return make("dl", {}, Object.entries(all).flatMap(([name, value]) => [make("dt", { textContent: name }), make("dd", { className: "mono", textContent: value })]));
}
