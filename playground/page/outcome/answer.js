// What the provider is answered, and what the service was asked for it.

import { shown } from "../colour.js";
import { make } from "../element.js";
import { fold, headers, section } from "./section.js";

export function answer({ answer: { status, headers: all, body } }) {
  const parts = [fold("answer headers", false, ["Headers"], headers(all)), ...(body === undefined ? [] : [shown(body)])];
  return section("The provider is answered", status, make("div", { id: "answer" }, parts));
}

export function calls({ calls: all }) {
  if (all.length === 0) return undefined;
  return section("Your service is asked", all.length, make("div", { className: "folds", id: "calls" }, all.map(call)));
}

/** What is sent is shown letter by letter: that is what was signed. */
function call({ method, path, headers: all, body, status, answer: told }, at) {
  const summary = [make("b", { textContent: method }), make("code", { textContent: path }), make("span", { className: "dim", textContent: `→ ${status}` })];
  const sent = body === undefined ? [] : [make("pre", { className: "sent", textContent: body })];
  const heard = told === undefined ? [] : [make("p", { className: "dim", textContent: "It answers" }), shown(told)];
  return fold(`call ${at}`, false, summary, headers(all), ...sent, ...heard);
}
