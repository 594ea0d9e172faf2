// A stack of its own: real Envoy with Usher and the reference service, as `make up CONSOLE=1` starts it.

import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const TARGET = fileURLToPath(new URL("../target/", import.meta.url));

/** `{watch, base, token, otherBase, ask, down}`: `watch` is the console's address with its token in it. */
export async function up() {
  const dir = mkdtempSync(join(TARGET, "browser-stack-"));
  const [PORT, SERVICE_PORT, ADMIN_PORT] = await freePorts(3);
  const env = { ...process.env, USHER_RUN_DIR: dir, CONSOLE: "1", KEEP: "", PORT, SERVICE_PORT, ADMIN_PORT };
  const stack = (verb) => promisify(execFile)(join(TARGET, "debug/usher-stack"), [verb], { env });
  const { stdout } = await stack("up");
  const variables = Object.fromEntries([...readFileSync(join(dir, "env"), "utf8").matchAll(/^export (\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
  const [watch] = /http:\S+@\S+/.exec(stdout);
  return {
    watch,
    base: variables.USHER_BASE,
    /** What a provider does; with another token, what a stranger does. */
    async ask(method, path, body, { base = variables.USHER_BASE, token = variables.USHER_TOKEN } = {}) {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/scim+json" };
      const answer = await fetch(base + path, { method, headers, body: body && JSON.stringify(body) });
      return { status: answer.status, body: await answer.json().catch(() => undefined) };
    },
    otherBase: variables.USHER_OTHER_BASE,
    async down() {
      await stack("down");
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Ports that nobody has at the moment, all different. */
async function freePorts(count) {
  const servers = await Promise.all(Array.from({ length: count }, () => new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => resolve(server));
  })));
  const ports = servers.map((server) => String(server.address().port));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
