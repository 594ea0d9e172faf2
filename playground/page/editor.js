// A text to be edited, in colours and with a mark. The letters that are seen are those of a copy behind a textarea
// whose own are transparent: the copy gives the height, so the two never scroll apart.

import { painted } from "./colour.js";
import { make } from "./element.js";

/** In place of what has this label; `{text, mark(range, why), show()}`. `changed` is called when somebody types. */
export function editor(place, label, changed, { lines = 1, plain = false, hint = "" } = {}) {
  const copy = make("div", { className: "copy" });
  const input = make("textarea", { spellcheck: false, rows: 1, placeholder: hint });
  const why = make("p", { className: "why", id: `${place.id}-why`, hidden: true });
  copy.setAttribute("aria-hidden", "true");
  for (const [name, value] of [["aria-label", label], ["autocapitalize", "off"], ["autocomplete", "off"], ["aria-describedby", why.id]]) input.setAttribute(name, value);
  place.className = "editor";
  place.style.setProperty("--lines", lines);
  place.append(make("div", { className: "sheet" }, copy, input), why);
  let mark;

  const paint = () => copy.replaceChildren(...(plain && !mark ? [input.value] : painted(input.value, mark)), endOf(input.value, mark));
  input.oninput = () => {
    mark = undefined;
    paint();
    changed();
  };
  return {
    get text() { return input.value; },
    set text(text) {
      mark = undefined;
      input.value = text;
      paint();
    },
    /** Nothing takes the mark away; a reason without a place is about all of it. */
    mark(range, reason) {
      mark = range;
      why.hidden = !reason;
      why.textContent = reason ?? "";
      place.classList.toggle("wrong", Boolean(reason));
      input.setAttribute("aria-invalid", Boolean(reason));
      paint();
    },
    /** Goes to the mark. */
    show() {
      for (const around of document.querySelectorAll("details")) around.open ||= around.contains(place);
      input.focus();
      if (mark) input.setSelectionRange(mark.spot ?? mark.start, mark.end);
      (copy.querySelector("mark") ?? place).scrollIntoView({ block: "center", behavior: "smooth" });
    },
  };
}

/** A line that has just begun has its height already; and so has an end that is marked. */
function endOf(text, mark) {
  return mark && mark.start >= text.length ? make("mark", { textContent: " " }) : "\n";
}
