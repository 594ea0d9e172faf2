// A text in pieces, each with what it is: a key, a text, a number, or a word of JSON, and whether it is marked.

import { make } from "./element.js";

const TOKEN = /("(?:[^"\\\n]|\\.)*")(\s*:)?|\b(?:true|false|null)\b|-?\d[\d.eE+-]*/g;

/** `[{text, kind, marked, wrong}]`: all of the text, cut where a token or the mark `{start, spot, end}` begins or ends. */
export function pieces(text, mark) {
  const found = [];
  let last = 0;
  for (const token of text.matchAll(TOKEN)) {
    const end = token.index + (token[1] ?? token[0]).length;
    found.push({ start: last, end: token.index }, { start: token.index, end, kind: kindOf(token) });
    last = end;
  }
  found.push({ start: last, end: text.length });
  return found.flatMap((piece) => cut(piece, mark)).map(({ start, end, ...what }) => ({ text: text.slice(start, end), ...what }));
}

function kindOf([whole, string, colon]) {
  if (string) return colon ? "key" : "text";
  return /^[tfn]/.test(whole) ? "word" : "number";
}

function cut({ start, end, kind }, mark) {
  if (!mark) return start < end ? [{ start, end, kind }] : [];
  const bounds = [start, mark.start, mark.spot ?? mark.start, mark.end, end].map((at) => Math.min(Math.max(at, start), end));
  const parts = bounds.slice(1).map((to, at) => ({ start: bounds[at], end: to, kind, marked: at === 1 || at === 2, wrong: at === 2 }));
  return parts.filter((part) => part.start < part.end);
}

/** The same as elements. */
export function painted(text, mark) {
  return pieces(text, mark).map(({ text: letters, kind = "", marked, wrong }) => {
    if (!kind && !marked) return letters;
    return make(marked ? "mark" : "span", { className: wrong ? `${kind} spot` : kind, textContent: letters });
  });
}

/** A value as somebody would write it, in colours. */
export function shown(value) {
  const text = typeof value === "string" ? value : JSON.stringify(value, null, 2);
  return make("pre", {}, painted(text));
}
