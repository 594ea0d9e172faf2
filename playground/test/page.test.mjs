// What of the page needs no page.

import assert from "node:assert/strict";
import { test } from "node:test";
import { pieces } from "../page/colour.js";
import { difference } from "../page/diff.js";
import { fragmentOf, read } from "../page/link.js";
import { fields, lines, message } from "../page/message.js";
import { namesOf, secretsFor } from "../page/secrets.js";

const drawn = (before, after) => difference(before, after).map(({ sign, line, left }) => (left ? `... ${left}` : sign + line));

test("a difference is told with two lines around it", () => {
  const old = ["a", "b", "c", "d", "e", "f", "g", "h"];
  assert.deepEqual(drawn(old.join("\n"), old.join("\n").replace("e", "E\nE")), ["... 2", " c", " d", "-e", "+E", "+E", " f", " g", " h"]);
  assert.deepEqual(drawn("a", "a"), []);
  assert.deepEqual(drawn("", "a\nb"), ["+a", "+b"]);
  assert.deepEqual(drawn("a\nb", ""), ["-a", "-b"]);
});

test("what went and what came put together what there is now", () => {
  let seed = 7;
  const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
  const text = () => Array.from({ length: 1 + random(9) }, () => "abc"[random(3)]).join("\n");
  for (let round = 0; round < 300; round += 1) {
    const [before, after] = [text(), text()];
    const steps = difference(before, after);
    const side = (sign) => steps.filter((step) => step.left === undefined && step.sign !== sign).map(({ line }) => line);
    const hidden = steps.reduce((sum, { left = 0 }) => sum + left, 0);
    if (before === after) continue;
    assert.equal(side("+").length + hidden, before.split("\n").length);
    assert.equal(side("-").length + hidden, after.split("\n").length);
    if (hidden === 0) assert.deepEqual([side("+").join("\n"), side("-").join("\n")], [before, after]);
  }
});

test("all of a text is in its pieces, cut at the mark", () => {
  const text = '{"a": ["x:", -1.5e3, true]} rest';
  const told = pieces(text, { start: 7, spot: 9, end: 13 });
  assert.equal(told.map((piece) => piece.text).join(""), text);
  assert.deepEqual(told.filter(({ marked }) => marked).map((piece) => piece.text), ['"x', ':"', ", "]);
  assert.deepEqual(told.filter(({ wrong }) => wrong).map((piece) => piece.text), [':"', ", "]);
  assert.deepEqual(pieces(text).filter(({ kind }) => kind).map((piece) => `${piece.kind} ${piece.text}`), ['key "a"', 'text "x:"', "number -1.5e3", "word true"]);
});

test("an HTTP message is told from what is none", () => {
  const whole = message("POST /Users HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{\"a\":\r\n\r\n1}");
  assert.deepEqual(whole, { method: "POST", path: "/Users", headers: "Content-Type: application/json", body: '{"a":\n\n1}' });
  assert.equal(message("GET /Users?count=1 HTTP/2").path, "/Users?count=1");
  for (const other of ["/Users/7", "GET /Users", '{"schemas": []}', "POST it HTTP/1.1\nnot a header"]) assert.equal(message(other), undefined, other);
});

test("headers are lines and lines are headers", () => {
  const headers = { "if-match": 'W/"a:b"', host: "x" };
  assert.deepEqual(fields(lines(headers)), headers);
  assert.deepEqual(fields("nothing\n: of\n\n a : b "), { a: "b" });
});

test("a link says what is in it", async () => {
  const state = { method: "PATCH", path: "/Users/ä€𝄞", body: "{}".repeat(5000), now: 1 };
  const fragment = await fragmentOf(state);
  assert.match(fragment, /^#v1\.[\w-]+$/);
  assert.ok(fragment.length < 400);
  assert.deepEqual(await read(fragment), state);
  assert.equal(await fragmentOf({ from: "okta/first-day/3" }), "#okta/first-day/3");
  assert.deepEqual(await read("#okta/first-day/3"), { from: "okta/first-day/3" });
  for (const broken of ["", "#", "#v1.%%%", "#v1.AAAA", "#%"]) assert.equal(await read(broken), undefined, broken);
});

test("every secret that is named has a value that signs", () => {
  const settings = { events: { signatures: [{ boxyhq: { secret_env: ["A", "B"] } }] }, directories: [{ security_events: { secret_env: "C" } }, null] };
  assert.deepEqual(namesOf(settings), ["A", "B", "C"]);
  for (const value of Object.values(secretsFor(settings))) {
    const bytes = Buffer.from(value.replace(/^whsec_/, ""), "base64").length;
    assert.ok(bytes >= 24 && bytes <= 64, value);
  }
});
