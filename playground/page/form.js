// What somebody has typed: the request, the records, the settings. Knows nothing of what comes of it.

import { editor } from "./editor.js";
import { $ } from "./element.js";
import { fields, lines, message } from "./message.js";
import { namesOf, secretsFor } from "./secrets.js";

const pretty = (value) => JSON.stringify(value, null, 2);

/** `changed` is called whenever there is something else in it. */
export function form(changed) {
  const parts = {
    path: editor($("path"), "Path", changed, { plain: true }),
    headers: editor($("headers"), "Headers", changed, { lines: 2, plain: true, hint: "name: value" }),
    body: editor($("body"), "Body", changed, { lines: 3, hint: "No body" }),
    records: editor($("records"), "What your service has: a list of records", changed, { lines: 2 }),
    settings: editor($("settings"), "Settings: the configuration", changed, { lines: 3 }),
    secrets: editor($("secrets"), "Secrets", changed, { plain: true }),
  };
  const when = { now: 0, seed: 1 };
  // On a phone the outcome would be far down.
  if (matchMedia("(max-width: 60rem)").matches) document.querySelectorAll(".part").forEach((part) => { part.open = false; });
  $("method").onchange = changed;

  const write = ({ method, path, headers, body, records, settings, now, seed }) => {
    $("method").value = method;
    Object.assign(when, { now, seed });
    parts.path.text = path;
    parts.headers.text = headers;
    $("more").open ||= headers !== "";
    parts.body.text = body;
    parts.records.text = records;
    parts.settings.text = settings;
    parts.secrets.text = "";
  };
  const read = () => ({
    method: $("method").value, path: parts.path.text.trim(), headers: parts.headers.text, body: parts.body.text,
    records: parts.records.text, settings: parts.settings.text, ...when,
  });
  pasting(parts, (pasted) => {
    write({ ...read(), ...pasted });
    changed();
  });
  return {
    parts,
    write,
    read,
    /** Of a recorded request, as somebody would type it. */
    record: ({ headers, body, records, settings, ...rest }) => write({ ...rest, headers: lines(headers), body: body ?? "", records: pretty(records), settings: pretty(settings) }),
    setSettings(value) {
      parts.settings.text = pretty(value);
      changed();
    },
    /** With these records, a moment later: what is made then has ids of its own. */
    goOn(records) {
      parts.records.text = pretty(records);
      Object.assign(when, { now: when.now + 1000, seed: when.seed + 1 });
      changed();
    },
    secrets: (settings) => secrets(parts.secrets, settings),
  };
}

/** An HTTP message goes where its parts belong. */
function pasting({ path, body }, take) {
  for (const id of ["path", "body"]) {
    $(id).addEventListener("paste", (event) => {
      const pasted = message(event.clipboardData.getData("text"));
      const isAlone = id === "path" || body.text.trim() === "";
      if (!pasted || !isAlone) return;
      event.preventDefault();
      take(pasted);
    });
  }
  $("path").addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
}

/** Those that are typed, and values for a demonstration for those that are only named. */
function secrets(part, settings) {
  const names = namesOf(settings);
  $("signing").hidden = names.length === 0;
  const typed = fields(part.text);
  const missing = Object.entries(secretsFor(settings)).filter(([name]) => !(name in typed));
  if (missing.length > 0) part.text = [part.text.trim(), lines(Object.fromEntries(missing))].filter(Boolean).join("\n");
  return { ...Object.fromEntries(missing), ...typed };
}
