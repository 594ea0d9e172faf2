// The page: whatever is typed is translated at once, and is the page's address a moment later.

import { choice } from "./choice.js";
import { core } from "./core.js";
import { $ } from "./element.js";
import { bytesOf } from "./embedded.js";
import { form } from "./form.js";
import { fragmentOf, read } from "./link.js";
import { fields } from "./message.js";
import { answer, calls } from "./outcome/answer.js";
import { changes } from "./outcome/changes.js";
import { events } from "./outcome/events.js";
import { signature } from "./outcome/signature.js";
import { problem, verdict } from "./outcome/verdict.js";

const OWN = {
  method: "POST", path: "/Users", headers: {}, records: [], seed: 1, settings: { directories: [{ id: "acme", provider: "okta" }] },
  body: JSON.stringify({ schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName: "ada@acme.test", active: true }, null, 2),
};

const [{ translate, locate }, packed] = await Promise.all([core(), bytesOf("conversations")]).catch((error) => {
  $("verdict").textContent = `This browser cannot run the page: ${error.message}`;
  throw error;
});
const recorded = choice(JSON.parse(new TextDecoder().decode(packed)), open);
const typed = form(edited);

/** The recorded request that is shown as it is, and the one that what is shown has come from. */
let from;
let origin;

function open(name) {
  from = origin = recorded.find(name) ? name : undefined;
  if (from) typed.record(recorded.find(from));
  else typed.record({ ...OWN, now: Date.now() });
  if (from) recorded.point(from);
  else recorded.own();
  translated();
  settle();
}

function edited() {
  from = undefined;
  if (origin) recorded.changed(() => open(origin));
  later(translated, 30);
  later(settle, 400);
}

/** Calls this once, when nobody has asked for it again for so many milliseconds. */
const waiting = new Map();
function later(call, time) {
  clearTimeout(waiting.get(call));
  waiting.set(call, setTimeout(call, time));
}

/* What comes of it */

class Wrong extends Error {
  constructor(part, key, reason, range) {
    super(reason);
    Object.assign(this, { part, key, reason, range });
  }
}

function translated() {
  const { parts } = typed;
  for (const part of Object.values(parts)) part.mark();
  try {
    tell(translation());
  } catch (error) {
    const { part, key, reason, range } = placed(error);
    parts[part].mark(range, reason);
    $("verdict").replaceChildren(problem(part === "records" ? "Records" : "Settings", { key, reason }, "Show it", () => parts[part].show()));
    $("outcome").classList.add("old");
  }
}

function translation() {
  const { method, path, headers, body, records, settings, now, seed } = typed.read();
  const known = parsed("settings", settings || "{}");
  const secrets = typed.secrets(known);
  const list = [parsed("records", records || "[]")].flat();
  const asked = { method, path, headers: fields(headers), body: body.trim() === "" ? undefined : body };
  return translate(asked, { records: list, config: settings, directory: spokenTo(known, path), secrets, now: new Date(now), seed });
}

/** The directory that a whole path names; below that, the first one is meant. */
function spokenTo(settings, path) {
  const directories = Array.isArray(settings?.directories) ? settings.directories : [];
  return directories.find((directory) => `${path.split("?")[0]}/`.includes(`${settings.base ?? "/scim/v2"}/${directory?.id}/`))?.id;
}

function parsed(part, text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Wrong(part, "", error.message, locate(text, ""));
  }
}

/** A problem of the settings has a key: of the records, or of the settings themselves. */
function placed(error) {
  if (error instanceof Wrong) return error;
  if (error.key === undefined) throw error;
  const inRecords = error.key.startsWith("records");
  const key = inRecords ? error.key.slice("records".length) : error.key;
  const part = inRecords ? "records" : "settings";
  return { part, key: error.key, reason: error.reason, range: locate(typed.parts[part].text, key) };
}

function tell(told) {
  const part = told.failure && typed.parts[told.failure.mark?.part ?? "body"];
  part?.mark(told.failure.mark, told.failure.reason);
  $("verdict").replaceChildren(verdict(told, "Show it", () => part.show()));
  const sections = [changes(told, typed.goOn), events(told), signature(told, sign), answer(told), calls(told)];
  $("outcome").replaceChildren(...sections.filter(Boolean));
  $("outcome").classList.remove("old");
}

/** Adds a signature to the settings of the first directory. */
function sign() {
  const settings = JSON.parse(typed.read().settings || "{}");
  settings.directories ??= [{ id: "acme" }];
  const [directory] = settings.directories;
  directory.events = { ...directory.events, signatures: [{ standard_webhooks: { secret_env: ["USHER_SIGNING_SECRET"] } }] };
  typed.setSettings(settings);
}

/* Its address */

let settled;
async function settle() {
  settled = await fragmentOf(from ? { from } : typed.read());
  history.replaceState(null, "", settled);
}

async function arrive() {
  if (location.hash === settled) return;
  const state = await read(location.hash);
  if (state && !state.from) {
    origin = from = undefined;
    recorded.own();
    typed.write(state);
    translated();
    settled = location.hash;
  } else open(recorded.find(state?.from) ? state.from : recorded.first());
}

$("copy").onclick = async () => {
  await settle();
  await navigator.clipboard.writeText(location.href).then(() => said("Copied"), () => said("It is in the address bar"));
};

function said(text) {
  $("copy").textContent = text;
  setTimeout(() => { $("copy").textContent = "Copy link"; }, 1500);
}

addEventListener("hashchange", arrive);
await arrive();
document.documentElement.dataset.ready = "";
