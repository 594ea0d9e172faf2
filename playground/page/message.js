// Requests as people have them: HTTP messages and lines of headers.

/** An HTTP message in its parts; nothing when it is none. */
export function message(text) {
  const lines = text.replaceAll("\r\n", "\n").trimStart();
  const [head, ...body] = lines.split("\n\n");
  const [first, ...headers] = head.split("\n");
  const found = /^([A-Z]+) (\S+)( HTTP\/[\d.]+)?$/.exec(first.trim());
  if (!found || !(found[3] || headers.length || body.length) || !headers.every((line) => line.includes(":"))) return undefined;
  // Whoever edits the body does not count its bytes.
  const kept = headers.filter((line) => !/^content-length:/i.test(line));
  return { method: found[1], path: found[2], headers: kept.join("\n"), body: body.join("\n\n").trim() };
}

/** `name: value` in each line. */
export function fields(text) {
  const pairs = text.split("\n").map((line) => line.split(/:(.*)/s)).filter(([name, value]) => name.trim() && value !== undefined);
  return Object.fromEntries(pairs.map(([name, value]) => [name.trim(), value.trim()]));
}

export function lines(headers) {
  return Object.entries(headers).map(([name, value]) => `${name}: ${value}`).join("\n");
}
