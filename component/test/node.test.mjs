// The package as a Node program uses it, and every recorded request against what the core makes of it.

import assert from "node:assert/strict";
import { createReadStream, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { exchange, locate, SettingsError, translate } from "usher-scim";
import { instantiate } from "./node_modules/usher-scim/usher.js";

const ADA = { schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], id: "7", userName: "ada", active: true };
const patch = (...Operations) => ({ schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations });

test("a deactivation is one event", () => {
  const body = patch({ op: "Replace", path: "active", value: "False" });
  const told = translate({ method: "PATCH", path: "/Users/7", body }, { records: [ADA], now: new Date("2026-11-21T20:00:00Z") });
  assert.equal(told.answer.status, 200);
  assert.equal(told.answer.body.active, false);
  assert.deepEqual(told.events.map(({ event, time }) => [event, time]), [["user.updated", "2026-11-21T20:00:00.000Z"]]);
  assert.deepEqual(told.changes, [
    { resource: "user", id: "7", op: "replace", path: "active", value: false, previous: true },
  ]);
  const again = translate({ method: "PATCH", path: "/Users/7", body }, { records: told.records });
  assert.deepEqual([again.answer.status, again.events], [200, []]);
});

test("a failure marks what caused it, in the units of a string", () => {
  const body = JSON.stringify(patch({ op: "replace", value: { title: "ä€𝄞", name: { givenName: 5 } } }));
  const { failure } = translate({ method: "PATCH", path: "/Users/7", body }, { records: [ADA] });
  assert.equal(failure.status, 400);
  assert.equal(body.slice(failure.mark.start, failure.mark.end), "5");
});

test("a path is wrong from one letter on", () => {
  const body = JSON.stringify(patch({ op: "add", path: 'emails[value eq "ä𝄞" xx]', value: 1 }));
  const { mark } = translate({ method: "PATCH", path: "/Users/7", body }, { records: [ADA] }).failure;
  assert.equal(body.slice(mark.spot, mark.end), 'xx]"');
});

test("wrong settings are an error with their place", () => {
  const config = '{"directories": [{"id": "a", "provider": "octa"}]}';
  assert.throws(() => translate({ method: "GET", path: "/Users" }, { config }), (error) => {
    assert.ok(error instanceof SettingsError);
    const { start, end } = locate(config, error.key);
    return config.slice(start, end) === '"octa"';
  });
});

test("an exchange is stepped", () => {
  const sha256 = "d136159b3b0323c5326e09adb97e3e5ad371f04fd635dc45751db9d0f0c27142"; // of the token below
  const config = { user_service: { cluster: "u" }, directories: [{ id: "a", credentials: [{ bearer: { sha256 } }] }] };
  const gateway = exchange.Gateway.parse(JSON.stringify(config), []);
  const bytes = (text) => new TextEncoder().encode(text);
  const head = { ":method": "GET", ":path": "/scim/v2/a/Users/7", ":authority": "h", authorization: "Bearer translate-without-a-proxy" };
  const line = gateway.begin(Object.entries(head).map(([name, value]) => ({ name: bytes(name), value: bytes(value) })));
  const performed = { fact: [], now: 0n, load: undefined, save: true, random: [0n, 0n] };
  const named = { load: "loaded", save: "saved" };
  let asked = line.step(undefined);
  while (asked.tag === "perform" && asked.val.tag !== "call") {
    const { tag } = asked.val;
    assert.ok(tag in performed, tag);
    asked = line.step({ tag: named[tag] ?? tag, val: performed[tag] });
  }
  assert.equal(asked.val.val.path, "/provisioning/users/7?directory=a");
  let done = line.step({ tag: "failed", val: "no-host" });
  while (done.tag === "perform") done = line.step({ tag: named[done.val.tag] ?? done.val.tag, val: performed[done.val.tag] });
  assert.deepEqual([done.tag, done.val.status, done.val.account.outcome], ["answer", 503, "unavailable"]);
});

test("every recorded request is translated as the core does", async () => {
  const home = new URL("./node_modules/usher-scim/", import.meta.url);
  const raw = instantiate((name) => new WebAssembly.Module(readFileSync(new URL(name, home))), {}).translate;
  const lines = createInterface({ input: createReadStream(new URL("./translations.jsonl", import.meta.url)) });
  let count = 0;
  for await (const line of lines) {
    const { name, given, told } = JSON.parse(line, (_, value) => value ?? undefined);
    const { now, seed, ...input } = given;
    const heard = raw.translate({ ...input, now: BigInt(now), seed: BigInt(seed) });
    assert.deepEqual(JSON.parse(JSON.stringify(heard)), told, `${name}: ${given.request.method} ${given.request.path}`);
    count += 1;
  }
  assert.ok(count > 500, `only ${count} requests were there`);
});
