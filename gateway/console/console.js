"use strict";
const here = location.pathname.replace(/\/$/, "");
const $ = (id) => document.getElementById(id);
const MOST = 1000;

/** An element with properties and children; text never becomes markup. */
const make = (name, props, ...children) => {
  const element = Object.assign(document.createElement(name), props);
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};

const ask = async (path) => {
  const answer = await fetch(location.origin + here + path, { headers: { accept: "application/json" } });
  if (!answer.ok) throw new Error(`${answer.status} ${answer.statusText}`);
  return answer.json();
};

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
const full = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });
const ago = (at) => {
  const seconds = Math.max(0, Math.round((Date.now() - at) / 1000));
  const [n, unit] = seconds < 60 ? [seconds, "second"] : seconds < 3600 ? [seconds / 60, "minute"]
    : seconds < 86400 ? [seconds / 3600, "hour"] : [seconds / 86400, "day"];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(-Math.floor(n), unit);
};
const took = (micros) => micros < 1000 ? `${micros} µs` : micros < 1e6 ? `${(micros / 1000).toFixed(1)} ms` : `${(micros / 1e6).toFixed(1)} s`;
const colour = (status) => status < 400 ? "good" : status < 500 ? "warn" : "bad";

/* Exchanges */

let last = 0;
let seen = [];

const eventsOf = (x) => x.events.map(([name, times]) => times > 1 ? `${name} × ${times}` : name).join(", ");
const failureOf = (x) => x.failure ? [x.failure.at, x.failure.reason].filter(Boolean).join(": ") : "";
const what = (x) => failureOf(x) || eventsOf(x) || x.outcome;

const detail = (x) => {
  const rows = [
    ["time", full.format(x.at)], ["request", `${x.method} ${x.path || "/"}`], ["directory", x.directory], ["outcome", x.outcome],
    ["events", eventsOf(x)], ["failure", failureOf(x)], ["scimType", x.failure && x.failure.scim_type],
    ["calls to the service", String(x.calls)], ["took", took(x.took)], ["request id", x.request_id], ["user agent", x.agent],
  ];
  return make("dl", {}, ...rows.filter(([, value]) => value)
    .flatMap(([name, value]) => [make("dt", { textContent: name }), make("dd", { className: "mono", textContent: value })]));
};

const row = (x) => {
  const cell = (className, textContent) => make("span", { className, textContent, title: textContent });
  const summary = make("summary", {}, cell("dim mono", clock.format(x.at)), cell(`mono ${colour(x.status)}`, x.status),
    cell("", x.directory || "–"), cell("operation mono", x.operation), cell(`what ${x.failure ? colour(x.status) : "dim"}`, what(x)),
    cell("took dim mono", took(x.took)));
  const details = make("details", {}, summary);
  details.addEventListener("toggle", () => details.open && details.childElementCount === 1 && details.append(detail(x)));
  const item = make("li", {}, details);
  item.words = [x.directory, x.operation, x.status, x.outcome, x.method, x.path, eventsOf(x), failureOf(x),
    x.failure && x.failure.scim_type, x.request_id, x.agent].join(" ").toLowerCase();
  item.trouble = x.status >= 400;
  return item;
};

const sift = () => {
  const wanted = $("filter").value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const item of seen) {
    item.hidden = ($("trouble").checked && !item.trouble) || !wanted.every((word) => item.words.includes(word));
    shown += item.hidden ? 0 : 1;
  }
  $("none").hidden = shown > 0;
  $("none").textContent = seen.length ? "None of the exchanges is like that." : "Nobody has asked anything yet.";
};

const exchanges = async () => {
  const news = await ask(`/exchanges?after=${last}`);
  if (news.last < last) {
    seen.forEach((item) => item.remove());
    seen = [];
  }
  last = news.last;
  $("kept").textContent = `the last ${news.kept}`;
  for (const x of news.exchanges.sort((a, b) => a.number - b.number)) {
    const item = row(x);
    seen.push(item);
    $("exchanges").prepend(item);
  }
  seen.splice(0, Math.max(0, seen.length - MOST)).forEach((item) => item.remove());
  sift();
};

/* Directories */

const health = (h) => {
  if (!h) return make("span", { className: "dim", textContent: "no request yet" });
  if (h.unauthorized) return make("span", { className: "bad", textContent: `${h.unauthorized} refused for a missing or wrong credential, ${ago(h.last_request)}` });
  if (h.failures) return make("span", { className: "bad", textContent: `${h.failures} not delivered, the last ${ago(h.last_request)} (${h.last_status}); well ${h.last_success ? ago(h.last_success) : "never"}` });
  if (h.last_status >= 400) return make("span", { className: "warn", textContent: `answered ${h.last_status} ${ago(h.last_request)}; well ${h.last_success ? ago(h.last_success) : "never"}` });
  return make("span", { className: "good", textContent: `well ${ago(h.last_request)}` });
};

const card = (d) => {
  const button = make("button", { textContent: "Set up", onclick: () => setup(d) });
  button.setAttribute("aria-label", `Set up ${d.id}`);
  return make("li", {}, make("div", { className: "top" }, make("b", { textContent: d.id }), button),
    make("span", { className: "dim", textContent: [d.tenant, d.product, d.provider].filter(Boolean).join(" · ") }), health(d.health));
};

let drawn = "";
const directories = async () => {
  const found = await ask(`/directories?find=${encodeURIComponent($("find").value)}`);
  const more = found.total - found.directories.length;
  $("total").textContent = more > 0 ? `${found.directories.length} of ${found.total}` : found.total;
  const now = JSON.stringify(found) + Math.floor(Date.now() / 10000);
  if (now === drawn) return;
  drawn = now;
  const focused = document.activeElement && document.activeElement.getAttribute("aria-label");
  $("directories").replaceChildren(...found.directories.map(card));
  if (focused && focused.startsWith("Set up")) document.querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
};

/* Setup: what stands in which field of whose form */

const TOKEN = "the token that was shown when the directory was made";
const PROVIDERS = {
  okta: ["Okta", [["SCIM connector base URL"], ["Unique identifier field for users", "userName"], ["Authentication Mode", "HTTP Header"], ["Authorization", TOKEN]],
    ["In the app: General, Provisioning: SCIM. Then Provisioning, Integration, Edit.", "Supported provisioning actions: Push New Users, Push Profile Updates, Push Groups.", "Test Connector Configuration, Save.",
      "To App, Edit: Create Users, Update User Attributes, Deactivate Users. Okta deactivates and never deletes."]],
  entra: ["Microsoft Entra ID", [["Tenant URL"], ["Secret token", TOKEN]],
    ["Enterprise applications, the app, Provisioning, Automatic.", "Test Connection, Save.", "Mappings: map only what your service has; objectId to externalId.", "Start provisioning. A cycle runs every 40 minutes; Provision on demand tries one user at once."]],
  onelogin: ["OneLogin", [["SCIM Base URL"], ["SCIM Bearer Token", TOKEN]],
    ["App: SCIM Provisioner with SAML (SCIM v2 Core or Enterprise).", "Configuration: the values above, API Status Enable.", "Provisioning: Enable provisioning; choose what deletion and suspension do."]],
  jumpcloud: ["JumpCloud", [["Base URL"], ["Token Key", TOKEN]],
    ["The SSO application, Identity Management, SCIM 2.0.", "Test User Email: an address that nobody has. Test Connection.", "Activate; group management as you like."]],
  ping: ["PingOne", [["SCIM BASE URL"], ["Users Resource", "/Users"], ["Groups Resource", "/Groups"], ["Authentication Method", "OAuth 2 Bearer Token"], ["Oauth Access Token", TOKEN]],
    ["Provisioning, New Connection, Identity Store, SCIM Outbound.", "User Filter Expression: userName Eq \"%s\".", "Test Connection, Save; then a rule that uses it."]],
  other: ["Another provider", [["SCIM 2.0 base URL"], ["Bearer token", TOKEN]],
    ["The service is SCIM 2.0 with PATCH, filters and Users and Groups.", "The unique attribute of users is userName."]],
};

let chosen = null;
const copy = (value) => {
  const button = make("button", { textContent: "Copy" });
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(value);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(button.previousSibling);
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  };
  return button;
};

const fill = () => {
  const [, values, steps] = PROVIDERS[$("provider").value];
  $("values").replaceChildren(...values.flatMap(([name, value]) => [make("dt", { textContent: name }),
    make("dd", {}, make("code", { textContent: value || chosen.base_url }), value === TOKEN ? null : copy(value || chosen.base_url))]));
  $("steps").replaceChildren(...steps.map((step) => make("li", { textContent: step })));
};

const setup = (directory) => {
  chosen = directory;
  $("s").textContent = `Set up ${directory.id}`;
  $("provider").value = PROVIDERS[directory.provider] ? directory.provider : "other";
  fill();
  $("setup").showModal();
};

/* Live */

let paused = false;
let failing = 0;
const refresh = async () => {
  try {
    await Promise.all([exchanges(), directories()]);
    failing = 0;
    $("state").textContent = paused ? "paused" : "live";
    $("state").className = "";
  } catch (error) {
    failing += 1;
    $("state").textContent = `cannot be reached: ${error.message}`;
    $("state").className = "off";
  }
};

const tick = async () => {
  if (!paused && !document.hidden) await refresh();
  setTimeout(tick, Math.min(30, 2 ** Math.min(failing, 5)) * 1000 + 1000);
};

$("pause").onclick = () => {
  paused = !paused;
  $("pause").setAttribute("aria-pressed", paused);
  $("pause").textContent = paused ? "Go on" : "Pause";
  $("state").textContent = paused ? "paused" : "live";
  if (!paused) refresh();
};
$("filter").oninput = sift;
$("trouble").onchange = sift;
$("find").oninput = () => directories().catch(() => {});
$("provider").append(...Object.entries(PROVIDERS).map(([value, [name]]) => make("option", { value, textContent: name })));
$("provider").onchange = fill;
document.addEventListener("keydown", (event) => {
  const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === "/" && !typing) {
    event.preventDefault();
    $("filter").focus();
  } else if (event.key === "Escape" && typing) {
    event.target.value = "";
    event.target.dispatchEvent(new Event("input"));
  }
});
tick();
