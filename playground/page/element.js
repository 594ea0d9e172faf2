// Elements without markup: text stays text, whatever is in it.

export const $ = (id) => document.getElementById(id);

/** An element with properties and children; nothing stands for no child. */
export function make(name, properties = {}, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.flat().filter((child) => child !== undefined));
  return element;
}
