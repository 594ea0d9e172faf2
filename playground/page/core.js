// The component, out of the page.

import { bind } from "usher-scim/bind";
import { instantiate } from "usher-scim/component";
import { bytesOf } from "./embedded.js";

/** `{translate, locate}`; the modules are compiled while the page already shows. */
export async function core() {
  return bind(await instantiate(async (name) => WebAssembly.compile(await bytesOf(name)), {}));
}
