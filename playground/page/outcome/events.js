// What the service is told.

import { shown } from "../colour.js";
import { make } from "../element.js";
import { fold, section } from "./section.js";

export function events({ events: all }) {
  if (all.length === 0) return undefined;
  const each = all.map((event, at) => fold(`event ${at}`, at === 0, [make("b", { textContent: nameOf(event) }), make("span", { className: "dim", textContent: whoOf(event) })], shown(inOrder(event))));
  return section("Events", all.length, make("div", { className: "folds", id: "events" }, each));
}

/** What is short comes first. */
function inOrder({ event, id, time, data, changes, ...others }) {
  return { event, id, time, ...others, data, changes };
}

/** In the usual format, of a CloudEvent, or of a Security Event Token. */
export function nameOf({ event, type, events: told }) {
  return event ?? type ?? Object.keys(told ?? {}).map((urn) => urn.split(":").slice(-2).join(" ")).join(", ");
}

function whoOf({ data, sub_id }) {
  const record = data?.record ?? data ?? {};
  const group = record.group ? ` → ${record.group.name ?? record.group.id}` : "";
  return (record.email || record.raw?.userName || record.raw?.displayName || record.name || record.id || sub_id?.uri || "") + group;
}
