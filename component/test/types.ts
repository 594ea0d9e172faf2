// Compiled, not run: the types say what a program may write.

import { type Change, SettingsError, type Translation, translate } from "usher-scim";

const told: Translation = translate({ method: "GET", path: "/Users" }, { config: { directories: [{ id: "a" }] }, seed: 1n });
const paths: string[] = told.changes.map((change: Change) => change.path);
const where: number | undefined = told.failure?.mark?.start;
// @ts-expect-error a request has a method
translate({ path: "/Users" });
// @ts-expect-error an answer has no such field
told.answer.code;

export { paths, SettingsError, where };
