// What a SCIM request means, for Node: see index.d.ts.

import { readFileSync } from "node:fs";
import { bind, SettingsError } from "./bind.js";
import { instantiate } from "./usher.js";

const compiled = (name) => new WebAssembly.Module(readFileSync(new URL(name, import.meta.url)));

const { translate, locate, exchange } = bind(instantiate(compiled, {}));

export { translate, locate, exchange, SettingsError };
