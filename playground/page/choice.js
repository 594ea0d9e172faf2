// Which recorded request is looked at: a provider, its conversations, their requests.

import { $, make } from "./element.js";

const NAMES = {
  okta: "Okta", entra: "Microsoft Entra ID", onelogin: "OneLogin", jumpcloud: "JumpCloud", ping: "Ping", google: "Google Workspace",
  sailpoint: "SailPoint", cyberark: "CyberArk", rippling: "Rippling", keycloak: "Keycloak", authentik: "authentik",
  "scim-1.1": "SCIM 1.1", rfc: "By the RFCs", leniency: "Leniencies", events: "Events", mapping: "A service of another shape",
};
const OWN = "own";

/** Calls `chosen` with the name of a request, `okta/first-day/3`, or without one for a request of one's own. */
export function choice(conversations, chosen) {
  const all = new Map(conversations.flatMap((one) => one.requests.map((request, at) => [`${one.name}/${at + 1}`, { ...request, settings: one.settings, place: `${one.title}: ${at + 1} of ${one.requests.length}` }])));
  const groups = Object.groupBy(conversations, ({ name }) => name.split("/")[0]);
  const known = Object.keys(NAMES).filter((group) => group in groups);
  const rest = Object.keys(groups).filter((group) => !known.includes(group));
  const options = [...known, ...rest].map((group) => make("option", { value: group, textContent: NAMES[group] ?? group }));
  $("provider").append(...options, make("option", { value: OWN, textContent: "A request of your own" }));

  function fill(group) {
    $("provider").value = group;
    $("recorded").replaceChildren(...(groups[group] ?? []).map(asOptions));
    for (const id of ["recorded", "back", "on"]) $(id).disabled = group === OWN;
  }
  function point(name) {
    if ($("provider").value !== name.split("/")[0]) fill(name.split("/")[0]);
    $("recorded").value = name;
    $("say").textContent = all.get(name).place;
    $("back").disabled = $("recorded").selectedIndex <= 0;
    $("on").disabled = $("recorded").selectedIndex >= $("recorded").length - 1;
  }
  const move = (by) => {
    const next = $("recorded").options[$("recorded").selectedIndex + by];
    if (next) chosen(next.value);
  };
  $("provider").onchange = () => {
    fill($("provider").value);
    chosen($("recorded").value || undefined);
  };
  $("recorded").onchange = () => chosen($("recorded").value);
  $("back").onclick = () => move(-1);
  $("on").onclick = () => move(1);
  fill(known[0]);
  return {
    find: (name) => all.get(name),
    /** Something to look at: the first that changes what is there. */
    first: () => [...all].find(([name, { method }]) => name.startsWith(`${known[0]}/`) && method === "PATCH")[0],
    point,
    /** The request is nobody's any more; `name` is where it came from. */
    changed(again) {
      $("say").replaceChildren("Changed. ", make("button", { textContent: "As it was recorded", onclick: again }));
    },
    own() {
      fill(OWN);
      $("say").textContent = "Type or paste a request: a body alone, or an HTTP message with everything.";
    },
  };
}

function asOptions({ name, title, requests }) {
  const each = requests.map(({ method, say }, at) => make("option", { value: `${name}/${at + 1}`, textContent: `${at + 1} ${method}  ${say}` }));
  return make("optgroup", { label: title }, each);
}
