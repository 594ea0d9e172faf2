// Makes the page: one file, with the component, the recorded requests, style and script in it.
// Usage: node playground/build.mjs <package of the component> <directory for the page>

import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { recorded } from "./recorded.mjs";

const [packaged, out] = process.argv.slice(2).map((path) => resolve(path));
const page = fileURLToPath(new URL("page/", import.meta.url));
const tools = resolve(out, "../tools/node_modules");
const source = (name) => readFileSync(join(page, name), "utf8");

mkdirSync(out, { recursive: true });
const { translate } = await import(pathToFileURL(join(packaged, "index.js")));
const { build } = await import(pathToFileURL(join(tools, "esbuild/lib/main.js")));

/** A browser compiles the modules beside what else it does, so they are asked for asynchronously. */
const transpiled = join(out, "component");
execFileSync(join(tools, ".bin/jco"), ["transpile", join(packaged, "usher.wasm"), "--name", "usher", "--out-dir", transpiled, "--instantiation", "async", "--no-nodejs-compat", "--quiet"]);

const modules = readdirSync(transpiled).filter((name) => name.endsWith(".wasm"));

const bundled = await build({
  entryPoints: [join(page, "main.js")], bundle: true, minify: true, format: "esm", target: "es2022", charset: "utf8", write: false,
  alias: { "usher-scim/bind": join(packaged, "bind.js"), "usher-scim/component": join(transpiled, "usher.js") },
});
const script = bundled.outputFiles[0].text.trim().replaceAll("</script", "<\\/script");
const style = source("page.css");

/** The browser itself sees to it that nothing else is run, and nothing asked of anybody. */
const hashed = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
const policy = [
  "default-src 'none'", `script-src ${hashed(script)} 'wasm-unsafe-eval'`, `style-src ${hashed(style)}`, "img-src data:",
  "base-uri 'none'", "form-action 'none'",
].join("; ");

const block = (id, bytes) => `<script type="text/plain" id="${id}">${gzipSync(bytes, { level: 9 }).toString("base64")}</script>`;
const data = [
  ...modules.map((name) => block(name, readFileSync(join(transpiled, name)))),
  block("conversations", JSON.stringify(recorded(translate))),
].join("\n");

const parts = { policy, style, data, script };
const html = source("page.html").replaceAll(/\/\*(\w+)\*\//g, (_, name) => parts[name]);
writeFileSync(join(out, "index.html"), html);
console.log(`${relative(process.cwd(), join(out, "index.html"))}: ${html.length} bytes, all in one; open it in a browser.`);
