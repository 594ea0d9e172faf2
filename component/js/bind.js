// The component's interface in the shapes that JavaScript likes: objects instead of JSON in strings, dates instead of
// milliseconds, marks in the units of a string. Knows no file and no DOM.

export class SettingsError extends Error {
  /** What is wrong with the settings (`directories[0].provider`) or with a record (`records[1]`). */
  constructor({ key, reason }) {
    super(key ? `${key}: ${reason}` : reason);
    this.name = "SettingsError";
    this.key = key;
    this.reason = reason;
  }
}

/** From what `instantiate` of the transpiled component gives to `{ translate, locate, exchange }`. */
export function bind(component) {
  const raw = component.translate;

  function translate(request, { records = [], config = {}, directory, secrets = {}, now = new Date(0), seed = 0 } = {}) {
    const text = textOf(request.body);
    const told = caught(() =>
      raw.translate({
        request: { method: request.method, path: request.path, headers: pairs(request.headers ?? {}), body: text },
        records: records.map(textOf),
        settings: { config: textOf(config), directory, secrets: pairs(secrets) },
        now: BigInt(now.valueOf()),
        seed: BigInt(seed),
      }),
    );
    return {
      answer: { status: told.answer.status, headers: fields(told.answer.headers), body: parsed(told.answer.body) },
      failure: told.failure && failure(told.failure, request.path, text),
      events: told.events.map(JSON.parse),
      changes: told.changes.map(JSON.parse),
      calls: told.calls.map(call),
      before: told.before.map(JSON.parse),
      records: told.records.map(JSON.parse),
    };
  }

  /** Where in a JSON text the place of an error is, as `{ start, end }` for `slice`. */
  function locate(text, at) {
    const range = raw.locate(text, at);
    return range && inUnits(text, range);
  }

  return { translate, locate, exchange: component.exchange };
}

function failure({ status, scimType, at, reason, mark }, path, body) {
  const text = mark?.part === "path" ? path : body;
  const place = mark && { part: mark.part, ...inUnits(text, mark) };
  if (mark?.spot !== undefined) place.spot = inUnits(text, { start: mark.spot, end: mark.spot }).start;
  return { status, scimType, at, reason, mark: place };
}

function call({ method, path, headers, body, status, answer }) {
  return { method, path, headers: fields(headers), body, status, answer: parsed(answer) };
}

/** Bytes of UTF-8 to units of UTF-16, which is how JavaScript counts. */
function inUnits(text, { start, end }) {
  const bytes = new TextEncoder().encode(text);
  const units = (length) => new TextDecoder().decode(bytes.subarray(0, length)).length;
  return { start: units(start), end: units(end) };
}

function caught(call) {
  try {
    return call();
  } catch (error) {
    throw error?.payload?.reason === undefined ? error : new SettingsError(error.payload);
  }
}

function textOf(value) {
  return value === undefined || typeof value === "string" ? value : JSON.stringify(value);
}

/** A body is JSON, save for what somebody else made of it. */
function parsed(text) {
  if (!text) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const pairs = (headers) => Object.entries(headers).map(([name, value]) => ({ name, value }));
const fields = (headers) => Object.fromEntries(headers.map(({ name, value }) => [name, value]));
