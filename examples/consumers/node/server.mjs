// A user service behind Usher, in Node and nothing else: it takes events, keeps what they carry, and gives it back.
// It keeps everything in memory. Yours has a database, and a transaction where this one works on a copy.
import { createHmac, timingSafeEqual } from "node:crypto";
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";

const { LISTEN = "127.0.0.1:9000", EVENTS_FILE = "events.jsonl", USHER_SIGNING_SECRET = "" } = process.env;
const KEY = Buffer.from(USHER_SIGNING_SECRET.replace(/^whsec_/, ""), "base64");
const TOLERANCE = 300; // seconds

class Refusal extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

// One customer's connection: ids of accepted events; records by "users/<id>"; members of groups.
const directories = new Map();
const empty = () => ({ accepted: new Set(), records: new Map(), members: new Map() });
const lower = (text) => text?.toLowerCase();

// Standard Webhooks: one of the signatures is ours, over the bytes as they came, and not long ago.
function verify(headers, body) {
  const { "webhook-id": id, "webhook-timestamp": time, "webhook-signature": signatures = "" } = headers;
  const expected = createHmac("sha256", KEY).update(`${id}.${time}.`).update(body).digest();
  const fits = (signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ""), "base64");
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
  const recent = Math.abs(Date.now() / 1000 - Number(time)) < TOLERANCE;
  if (!recent || !signatures.split(" ").some(fits)) throw new Refusal(401, "the signature is not ours");
}

// All of the events or none: on a copy, which takes the place of the original when everything went well.
function accept(directory, headers, events) {
  const state = structuredClone(directories.get(directory) ?? empty());
  const fresh = events.filter((event) => !state.accepted.has(event.id));
  const subject = headers["usher-resource"];
  const version = state.records.get(subject)?.version;
  // A delivery that is known already has changed the version itself.
  if (fresh.length && headers["if-match"] && headers["if-match"] !== String(version)) {
    throw new Refusal(412, "it has changed in the meantime");
  }
  for (const event of fresh) {
    apply(state, event);
    state.accepted.add(event.id);
  }
  directories.set(directory, state);
  appendFileSync(EVENTS_FILE, fresh.map((event) => JSON.stringify(event) + "\n").join(""));
  return state.records.get(subject)?.version;
}

function apply(state, { event, data }) {
  const [noun, what] = event.split(".");
  const key = `${noun}s/${data.id}`;
  if (what === "created") {
    if (state.records.has(key)) throw new Refusal(409, `${data.id} is taken`);
    put(state, key, data);
  } else if (["updated", "deactivated", "reactivated"].includes(what)) {
    put(state, existing(state, key), data);
  } else if (what === "deleted") {
    state.records.delete(key);
    state.members.delete(data.id);
    if (noun === "user") state.members.forEach((members) => members.delete(data.id));
  } else if (what === "user_added" || what === "user_removed") {
    const members = state.members.get(data.group.id) ?? new Set();
    state.members.set(data.group.id, members);
    members[what === "user_added" ? "add" : "delete"](data.id);
    put(state, existing(state, `groups/${data.group.id}`), data.group);
    const user = state.records.get(`users/${data.id}`); // perhaps not there yet
    if (user) user.version += 1;
  } // anything else: a newer Usher may tell more than this service wants to know
}

function existing(state, key) {
  if (!state.records.has(key)) throw new Refusal(404, `${key} does not exist`);
  return key;
}

const nameOf = (collection, { raw }) => ({ users: lower(raw.userName), groups: lower(raw.displayName) })[collection];

function put(state, key, data) {
  const [collection] = key.split("/", 1);
  const name = nameOf(collection, data);
  for (const [other, record] of state.records) {
    const same = other !== key && other.startsWith(`${collection}/`) && name && nameOf(collection, record.data) === name;
    if (same) throw new Refusal(409, `${name} is taken`);
  }
  state.records.set(key, { data, version: (state.records.get(key)?.version ?? 0) + 1 });
}

// What was stored, and beside it the version, and the members of a group or the groups of a user.
function shown(state, key) {
  const { data, version } = state.records.get(key);
  const record = { ...data, version: String(version) };
  if (key.startsWith("groups/")) record.members = [...(state.members.get(data.id) ?? [])];
  if (key.startsWith("users/")) {
    const groups = [...state.members].filter(([, members]) => members.has(data.id));
    record.groups = groups.map(([id]) => ({ id, name: state.records.get(`groups/${id}`)?.data.name }));
  }
  return record;
}

function list(state, collection, query) {
  const conditions = {
    user_name: ({ raw }, value) => lower(raw.userName) === lower(value),
    display_name: ({ raw }, value) => lower(raw.displayName) === lower(value),
    external_id: ({ raw }, value) => raw.externalId === value,
    email: ({ raw }, value) => raw.emails?.some((email) => lower(email.value) === lower(value)),
    ids: ({ id }, value) => value.split(",").includes(id),
    member: ({ id }, value) => state.members.get(id)?.has(value),
  };
  const asked = [...query].filter(([name]) => name in conditions);
  const all = [...state.records].filter(([key]) => key.startsWith(`${collection}/`));
  const found = all.filter(([, { data }]) => asked.every(([name, value]) => conditions[name](data, value)));
  const start = Math.max(Number(query.get("start_index") ?? 1), 1) - 1;
  const page = found.slice(start, start + Number(query.get("count") ?? 100));
  return { total: found.length, items: page.map(([key]) => shown(state, key)) };
}

function answer(request, body) {
  const { pathname, searchParams: query } = new URL(request.url, "http://service");
  const [, root, collection, id] = pathname.split("/").map(decodeURIComponent);
  const directory = query.get("directory");
  if (root !== "provisioning" || !directory) throw new Refusal(404, "there is nothing here");
  if (request.method === "POST" && collection === "events") {
    verify(request.headers, body);
    const version = accept(directory, request.headers, JSON.parse(body));
    return [204, null, version ? { etag: String(version) } : {}];
  }
  const state = directories.get(directory) ?? empty();
  return [200, id === undefined ? list(state, collection, query) : shown(state, existing(state, `${collection}/${id}`))];
}

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  let status, json, headers;
  try {
    [status, json, headers] = answer(request, Buffer.concat(chunks));
  } catch (error) {
    [status, json] = [error.status ?? 500, { detail: error.status ? error.message : "the service has a problem" }];
    if (!error.status) console.error(error);
  }
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(json && JSON.stringify(json));
});
const [host, port] = LISTEN.split(":");
server.listen(Number(port), host, () => console.log(`listening on http://${LISTEN}`));
