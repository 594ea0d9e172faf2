// What is in the page as the fragment of its address: a recorded request by its name, everything else compressed. A
// fragment is never sent to a server.

import { through } from "./embedded.js";

const MARK = "v1.";

/** `okta/first-day/3`, or the whole state. */
export async function fragmentOf(state) {
  if (state.from) return `#${state.from}`;
  const bytes = new TextEncoder().encode(JSON.stringify(state));
  return `#${MARK}${base64url(await through(bytes, new CompressionStream("deflate-raw")))}`;
}

/** The name of a recorded request, a whole state, or nothing when it is neither. */
export async function read(fragment) {
  const text = fragment.replace(/^#/, "");
  if (!text.startsWith(MARK)) return /^[\w./-]+$/.test(text) ? { from: text } : undefined;
  try {
    const packed = Uint8Array.from(atob(text.slice(MARK.length).replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(await through(packed, new DecompressionStream("deflate-raw"))));
  } catch {
    return undefined;
  }
}

function base64url(bytes) {
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
