// What came of it, in one line: for who listens, too.

import { make } from "../element.js";
import { nameOf } from "./events.js";

/** Of a translation: `show` goes to the mark. */
export function verdict({ answer: { status }, failure, events }, where, show) {
  if (!failure) return line("good", status, summary(events));
  const said = [failure.scimType && make("b", { textContent: failure.scimType }), failure.at && make("code", { textContent: failure.at }), failure.reason].filter(Boolean);
  return line("bad", status, ...said.flatMap((part) => [part, " "]), button(where, failure.mark && show));
}

/** Of what could not be translated at all: settings, records. */
export function problem(what, { key, reason }, where, show) {
  return line("warn", what, ...(key ? [make("code", { textContent: key }), " "] : []), reason, " ", button(where, show));
}

const line = (className, first, ...parts) => make("p", { className }, make("strong", { textContent: first }), " ", ...parts);
const button = (where, show) => (show ? make("button", { id: "show", textContent: where, onclick: show }) : undefined);

function summary(events) {
  if (events.length === 0) return "no event";
  const counts = new Map();
  for (const name of events.map(nameOf)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => (count > 1 ? `${name} × ${count}` : name)).join(", ");
}
