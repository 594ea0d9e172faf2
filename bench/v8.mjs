// The module in V8 by itself: no proxy, no sockets, and caches that hold nothing else (docs/performance.md).
//
//   node --no-liftoff bench/v8.mjs MODULE [EXCHANGE]
//
// compiles as Envoy does, and prints the CPU of an exchange with a host that only hands bytes over. With --perf-basic-prof
// as well, `perf record` knows the functions of a module that was built with CARGO_PROFILE_RELEASE_STRIP=debuginfo.

import { readFileSync } from 'node:fs';

const [, , path, wanted = ''] = process.argv;
const EXCHANGES = 5_000;
const ROUNDS = 9;
const [OK, NOT_FOUND] = [0, 1];
const [REQUEST_HEADERS, REQUEST_BODY, PLUGIN_CONFIGURATION] = [0, 0, 7];
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

const bytes = (text) => new TextEncoder().encode(text);
const json = (value) => bytes(JSON.stringify(value));

const CONFIGURATION = json({
  user_service: { cluster: 'user-service' },
  record_cache: {},
  log_fields: false,
  lockout: { failures: 0 },
  events: { signatures: [{ standard_webhooks: { secret_env: ['SECRET'] } }] },
  directories: [{
    id: 'acme',
    provider: 'okta',
    credentials: [{ bearer: { sha256: 'f2f0bf5ff6b54f69cb1f98664a3a14c3f39cd18f272a51882e3a47f8a5ce4b2c' } }],
  }],
});

/** Pairs of texts as the ABI has them: count, sizes, and each text with a zero behind it. */
function pairs(list) {
  const texts = list.flat().map((text) => Buffer.from(text));
  const head = new Uint32Array([list.length, ...texts.map((text) => text.length)]);
  return Buffer.concat([Buffer.from(head.buffer), ...texts.flatMap((text) => [text, Buffer.from([0])])]);
}

/** Everything outside the module. */
class Host {
  kept = new Map();
  calls = 0;
  time = 0;

  /** The answers of the user service, to a read and to a delivery: `[headers, body]`. */
  constructor(read, accepted) {
    Object.assign(this, { read, accepted });
    const imports = { env: this.hostcalls(), wasi_snapshot_preview1: this.wasi() };
    const module = new WebAssembly.Module(readFileSync(path));
    for (const { module: from, name } of WebAssembly.Module.imports(module)) {
      imports[from][name] ??= () => { throw new Error(`${from}.${name} is not expected`); };
    }
    this.module = new WebAssembly.Instance(module, imports).exports;
    this.module._initialize();
    this.module.proxy_on_context_create(1, 0);
    this.module.proxy_on_vm_start(1, 0);
    if (!this.module.proxy_on_configure(1, CONFIGURATION.length)) throw new Error('the configuration was refused');
    this.next = 2;
  }

  get memory() { return new Uint8Array(this.module.memory.buffer); }
  get view() { return new DataView(this.module.memory.buffer); }
  text(at, size) { return Buffer.from(this.module.memory.buffer, at, size).latin1Slice(); }

  give(value, at, size) {
    const place = value.length ? this.module.proxy_on_memory_allocate(value.length) : 0;
    this.memory.set(value, place);
    this.view.setUint32(at, place, true);
    this.view.setUint32(size, value.length, true);
    return OK;
  }

  hostcalls() {
    return {
      proxy_get_header_map_pairs: (map, at, size) => this.give(map === REQUEST_HEADERS ? this.head : this.answer[0], at, size),
      proxy_get_buffer_bytes: (buffer, _start, _most, at, size) => this.give(
        buffer === PLUGIN_CONFIGURATION ? CONFIGURATION : buffer === REQUEST_BODY ? this.body : this.answer[1], at, size),
      proxy_get_shared_data: (key, keySize, at, size, edition) => {
        const value = this.kept.get(this.text(key, keySize));
        if (value === undefined) return NOT_FOUND;
        this.view.setUint32(edition, 1, true);
        return this.give(value, at, size);
      },
      proxy_set_shared_data: (key, keySize, at, size) => {
        this.kept.set(this.text(key, keySize), this.memory.slice(at, at + size));
        return OK;
      },
      proxy_http_call: (_name, _nameSize, _head, _headSize, _body, bodySize, _trailers, _trailersSize, _timeout, token) => {
        this.answer = bodySize > 0 ? this.accepted : this.read;
        this.view.setUint32(token, ++this.calls, true);
        this.waiting = true;
        return OK;
      },
      proxy_send_local_response: (status) => { this.status = status; return OK; },
      proxy_get_current_time_nanoseconds: (at) => {
        this.view.setBigUint64(at, 1_795_291_201_000_000_000n + BigInt(this.time++) * 1_000_000n, true);
        return OK;
      },
      proxy_define_metric: (_kind, _name, _size, id) => { this.view.setUint32(id, 1, true); return OK; },
      proxy_increment_metric: () => OK,
      proxy_set_effective_context: () => OK,
      proxy_log: (_level, at, size) => { console.error(this.text(at, size)); return OK; },
    };
  }

  wasi() {
    const environment = bytes(`SECRET=${SECRET}\0`);
    return {
      environ_sizes_get: (count, size) => {
        this.view.setUint32(count, 1, true);
        this.view.setUint32(size, environment.length, true);
        return OK;
      },
      environ_get: (list, at) => { this.view.setUint32(list, at, true); this.memory.set(environment, at); return OK; },
      random_get: (at, size) => { crypto.getRandomValues(this.memory.subarray(at, at + size)); return OK; },
    };
  }

  /** One request to its answer; its status. */
  exchange({ head, body }) {
    Object.assign(this, { head, body, status: 0, waiting: false });
    const [stream, { module }] = [this.next++, this];
    module.proxy_on_context_create(stream, 1);
    module.proxy_on_request_headers(stream, 0, body.length ? 0 : 1);
    if (body.length) module.proxy_on_request_body(stream, body.length, 1);
    while (this.waiting) {
      this.waiting = false;
      module.proxy_on_http_call_response(stream, this.calls, 1, this.answer[1].length, 0);
    }
    module.proxy_on_delete(stream);
    return this.status;
  }
}

function request(method, id, { body, token = 'acme-demo-token-please-change' } = {}) {
  const text = body ? json(body) : new Uint8Array();
  return {
    head: pairs([
      [':authority', 'scim.example.test'], [':path', `/scim/v2/acme/Users/${id}`], [':method', method], [':scheme', 'http'],
      ['user-agent', 'Okta SCIM Client 1.0.0'], ['accept', 'application/scim+json'], ['authorization', `Bearer ${token}`],
      ['content-type', 'application/scim+json; charset=utf-8'], ['content-length', String(text.length)],
      ['x-forwarded-proto', 'http'], ['x-request-id', '8f6f2f4e-0000-4000-8000-000000000001'],
    ]),
    body: text,
  };
}

const switched = (id, active) => request('PATCH', id, {
  body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [{ op: 'replace', value: { active } }] },
});

// As Usher delivers it, and a service that keeps JSON as text gives it back: in the order of the names.
const user = {
  active: true,
  displayName: 'Ada Lovelace',
  emails: [{ primary: true, type: 'work', value: 'ada@acme.test' }],
  externalId: '00u1abcdEFGH2345',
  id: 'u1',
  locale: 'en-US',
  meta: { created: '2026-11-21T20:00:00.000Z', lastModified: '2026-11-21T20:00:00.000Z', resourceType: 'User' },
  name: { familyName: 'Lovelace', givenName: 'Ada' },
  phoneNumbers: [{ type: 'work', value: '+44 20 7946 0000' }],
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  title: 'Countess',
  userName: 'ada@acme.test',
};

const answered = (body, more = []) => [
  pairs([[':status', '200'], ['content-type', 'application/json'], ['content-length', String(body.length)],
    ['date', 'Sat, 21 Nov 2026 20:00:00 GMT'], ['x-envoy-upstream-service-time', '0'], ...more]),
  body,
];

const host = new Host(answered(json({ id: 'u1', version: '1', raw: user })), answered(bytes('{}'), [['etag', '2']]));
const exchanges = {
  'PATCH, record kept': [switched('u1', false), switched('u1', true)],
  'PUT that changes nothing': [request('PUT', 'u1', { body: { ...user, id: undefined, meta: undefined } })],
  'GET': [request('GET', 'u1')],
  'wrong token': [request('GET', 'u1', { token: 'a token that nobody has' })],
};

for (const [name, requests] of Object.entries(exchanges).filter(([name]) => name.includes(wanted))) {
  const statuses = new Set();
  const round = () => {
    const began = process.cpuUsage();
    for (let i = 0; i < EXCHANGES; i++) statuses.add(host.exchange(requests[i % requests.length]));
    const { user, system } = process.cpuUsage(began);
    return (user + system) / EXCHANGES;
  };
  const times = Array.from({ length: ROUNDS }, round).sort((a, b) => a - b);
  console.log(`${name.padEnd(28)} ${times[ROUNDS >> 1].toFixed(1)} us (${times[0].toFixed(1)} to ${times.at(-1).toFixed(1)}), ${[...statuses]}`);
}
