// How the service can tell that a delivery is genuine.

import { make } from "../element.js";
import { headers, section } from "./section.js";

const SIGNS = /^(webhook-(id|timestamp|signature)|.*-signature)$/;

export function signature({ calls }, sign) {
  const deliveries = calls.filter(({ method, body }) => method !== "GET" && body);
  if (deliveries.length === 0) return undefined;
  const signed = deliveries.map((call) => Object.entries(call.headers).filter(([name]) => SIGNS.test(name))).filter((found) => found.length);
  if (signed.length === 0 && deliveries.some(({ body }) => !/^[[{]/.test(body))) return section("Signature", "in the token itself");
  if (signed.length === 0) {
    const button = make("button", { id: "sign", textContent: "Sign the deliveries", onclick: sign });
    return section("Signature", "none", make("p", {}, button, " ", make("span", { className: "dim", textContent: "adds “signatures” to the settings" })));
  }
  return section("Signature", "", make("div", { id: "signature" }, signed.map((found) => headers(Object.fromEntries(found)))));
}
