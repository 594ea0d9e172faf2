// The recorded requests of host-tests/conversations as the page offers them: played here one after the other, so that
// each has the records that it met. What does not come out as it was recorded, since it is about credentials or about
// what a proxy remembers, is left out.

import { readdirSync, readFileSync } from "node:fs";
import { secretsFor } from "./page/secrets.js";

const REPOSITORY = new URL("../", import.meta.url);
const CONVERSATIONS = new URL("host-tests/conversations/", REPOSITORY);

/** 2026-11-21T20:00:00Z, when all of them happen; a second passes between two requests. */
const START = 1795291200000;

/** Every conversation: `{name, title, settings, requests: [{say, method, path, headers, body, records, now, seed}]}`. */
export function recorded(translate) {
  const all = names().map((name) => play(name, json(new URL(`${name}.json`, CONVERSATIONS)), translate));
  return all.filter((conversation) => conversation.requests.length > 0);
}

function names() {
  const files = readdirSync(CONVERSATIONS, { recursive: true }).map(String);
  const told = files.filter((file) => file.endsWith(".json") && !file.startsWith("auth/"));
  return told.map((file) => file.slice(0, -".json".length)).sort();
}

function json(file) {
  return JSON.parse(readFileSync(file, "utf8"));
}

function play(name, conversation, translate) {
  const settings = settingsOf(conversation, translate);
  const captured = {};
  const requests = [];
  let records = [];
  for (const [at, step] of conversation.steps.entries()) {
    const { say, request, expect } = filled({ ...step, capture: {} }, captured);
    const when = { now: START + at * 1000, seed: at + 1 };
    const told = translated(request, { config: settings, records, secrets: secretsFor(settings), ...when }, translate);
    if (!told || !isAsExpected(told, expect)) continue;
    const { method, path, headers = {} } = request;
    requests.push({ say, method, path, headers, body: bodyOf(request), records, ...when });
    records = told.records;
    for (const [word, pointer] of Object.entries(step.capture ?? {})) captured[word] = found(told.answer.body, pointer);
  }
  return { name, title: conversation.title, settings, requests };
}

/** The directory of the sample that is spoken to, as the conversation wants it, and nothing that a proxy needs. */
function settingsOf({ directory = "acme", provider, configuration, config = {}, gateway_config = {} }, translate) {
  const { credentials, ...sample } = sampleDirectory(directory);
  const known = attempted(() => translate({ method: "GET", path: "/" }, { config: { directories: [{ id: "a", provider }] } }));
  const own = merged({ ...sample, provider: known ? provider : sample.provider }, config);
  delete own.credentials;
  const whole = configuration ? json(new URL(configuration, REPOSITORY)) : {};
  return merged(merged(whole, { directories: [own] }), gateway_config);
}

function sampleDirectory(id) {
  const yaml = readFileSync(new URL("envoy.yaml", REPOSITORY), "utf8");
  const [, text] = /value: \|\n(\s+\{[^]*?)\n\s*- name:/.exec(yaml);
  return JSON.parse(text).directories.find((directory) => directory.id === id);
}

/** Objects are merged; everything else takes the place of what was there, and null removes it. */
function merged(into, from) {
  const result = { ...into };
  for (const [key, value] of Object.entries(from)) {
    if (value === null) delete result[key];
    else result[key] = isObject(value) && isObject(result[key]) ? merged(result[key], value) : value;
  }
  return result;
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** Nothing for what is about the door: a translation has none. */
function translated(request, settings, translate) {
  if (request.base !== undefined || request.anonymous || request.headers?.authorization) return undefined;
  const { method, path, headers } = request;
  return attempted(() => translate({ method, path, headers, body: bodyOf(request) }, settings));
}

/** Letter by letter as it is sent, or as somebody would write it. */
function bodyOf({ text, body }) {
  return text ?? (body === undefined ? undefined : JSON.stringify(body, null, 2));
}

function isAsExpected({ answer, events }, expect) {
  const named = (expect.events ?? events).every(({ event }, at) => events[at]?.event === event);
  return answer.status === expect.status && (expect.events ?? events).length === events.length && named
    && (expect.body === undefined || holds(expect.body, answer.body));
}

/** Whether this part of it is there: a star stands for anything, null for nothing. */
function holds(part, whole) {
  if (part === "*") return whole !== undefined;
  if (part === null) return whole === undefined || whole === null;
  if (Array.isArray(part)) return Array.isArray(whole) && part.length === whole.length && part.every((one, at) => holds(one, whole[at]));
  if (isObject(part)) return isObject(whole) && Object.entries(part).every(([key, value]) => holds(value, whole[key]));
  return part === whole;
}

/** With what earlier requests captured in the place of `{name}`. */
function filled(value, captured) {
  if (typeof value === "string") return value.replace(/\{(\w+)\}/g, (whole, word) => captured[word] ?? whole);
  if (Array.isArray(value)) return value.map((item) => filled(item, captured));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, filled(inner, captured)]));
}

/** What a JSON pointer points at. */
function found(value, pointer) {
  return pointer.split("/").slice(1).reduce((inner, key) => inner?.[key], value);
}

function attempted(call) {
  try {
    return call();
  } catch {
    return undefined;
  }
}
