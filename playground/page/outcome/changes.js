// What is different: said by the events, and seen in the records.

import { difference } from "../diff.js";
import { make } from "../element.js";
import { fold, section } from "./section.js";

/** More records than these are opened one by one. */
const OPEN = 3;
/** Values with more letters stand below each other. */
const LONG = 60;

export function changes({ changes: all, before, records }, keep) {
  const lines = differences(before, records);
  if (all.length === 0 && lines.length === 0) return undefined;
  const isOfMany = all.some(({ id }) => id !== all[0].id);
  const button = make("button", { textContent: "Go on with these records", onclick: () => keep(records) });
  const parts = [make("ul", { id: "changes", hidden: all.length === 0 }, all.map((one) => change(one, isOfMany))), ...lines, make("p", {}, button)];
  return section("Changes", all.length || "", ...parts);
}

function change({ resource, id, op, path, value, previous }, isOfMany) {
  const sides = [...side("del", previous), ...side("ins", value)];
  const length = sides.reduce((sum, { textContent }) => sum + textContent.length, 0);
  const about = isOfMany ? [make("span", { className: "dim", textContent: `${resource} ${short(id)}` })] : [];
  const both = make("div", { className: length > LONG ? "sides long" : "sides" }, sides);
  return make("li", {}, make("span", { className: `op ${op}`, textContent: op }), make("code", { textContent: path }), both, about);
}

const side = (name, value) => (value === undefined ? [] : [make(name, { textContent: JSON.stringify(value, null, 1).replaceAll(/\n\s*/g, " ") })]);

/** The beginning of an id that a machine has made tells nobody anything. */
const short = (id) => (String(id).length > 12 ? `…${String(id).slice(-6)}` : id);

/** Each record that is another one now, line by line. */
function differences(before, after) {
  const now = new Map(after.map((record) => [keyOf(record), record]));
  const old = new Map(before.map((record) => [keyOf(record), record]));
  const keys = [...new Set([...old.keys(), ...now.keys()])];
  const all = keys.map((key) => [key, difference(written(old.get(key)), written(now.get(key)))]).filter(([, steps]) => steps.length);
  return all.map(([key, steps]) => {
    const record = now.get(key) ?? old.get(key);
    const what = old.has(key) ? (now.has(key) ? "" : "gone") : "new";
    return fold(`record ${key}`, all.length <= OPEN, [make("b", { textContent: nameOf(record) }), make("span", { className: "dim", textContent: what })], drawn(steps));
  });
}

const keyOf = (record) => `${record.raw?.schemas?.[0] ?? ""} ${record.id}`;
const nameOf = ({ raw, id }) => raw?.userName ?? raw?.displayName ?? id;

/** Without the commas, which come and go with the lines after them. */
function written(record) {
  if (!record) return "";
  return JSON.stringify(record, null, 2).replaceAll(/,$/gm, "");
}

function drawn(steps) {
  const kinds = { "-": "del", "+": "ins", " ": "span" };
  const lines = steps.map(({ sign, line, left }) => {
    if (left) return make("span", { className: "dim", textContent: `  ⋯ ${left} ${left === 1 ? "line" : "lines"}\n` });
    return make(kinds[sign], { textContent: `${sign} ${line}\n` });
  });
  return make("pre", { className: "difference" }, lines);
}
