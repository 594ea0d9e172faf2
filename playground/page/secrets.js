// Secrets that settings name (`secret_env`), with values for a demonstration: whoever reads this knows them. They are
// made from the name, so they need no place in a link.

/** The names of the variables in these settings. */
export function namesOf(settings) {
  if (typeof settings !== "object" || settings === null) return [];
  const own = Object.entries(settings).flatMap(([key, value]) => (key === "secret_env" ? [value].flat() : namesOf(value)));
  return [...new Set(own.filter((name) => typeof name === "string"))];
}

/** `{NAME: "whsec_..."}`, long enough for every way to sign. */
export function secretsFor(settings) {
  return Object.fromEntries(namesOf(settings).map((name) => [name, demonstration(name)]));
}

function demonstration(name) {
  const bytes = new TextEncoder().encode(`for a demonstration only: ${name}`).slice(0, 60);
  return `whsec_${btoa(String.fromCharCode(...bytes))}`;
}
