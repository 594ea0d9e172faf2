// What the page was built with, out of the page itself: gzip in base64.

import { $ } from "./element.js";

/** The bytes of one of the page's own blocks. */
export async function bytesOf(id) {
  const packed = Uint8Array.from(atob($(id).textContent), (letter) => letter.charCodeAt(0));
  return through(packed, new DecompressionStream("gzip"));
}

/** Bytes through a stream that makes others of them. */
export async function through(bytes, transform) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(transform)).arrayBuffer());
}
