#!/usr/bin/env bash
# Makes the npm package of the component: target/component/usher-scim-*.tgz, installed beside it for the tests.
set -euo pipefail
cd "$(dirname "$0")/.."

out=target/component
package=$out/package
rm -rf "$package" "$out/node_modules" "$out"/*.tgz
mkdir -p "$package"
cp component/js/* LICENSE "$package"
cp "$out/usher.wasm" "$package"
target/tools/node_modules/.bin/jco transpile "$out/usher.wasm" --name usher --out-dir "$package" \
  --instantiation sync --no-nodejs-compat --quiet
(cd "$package" && npm pack --silent --pack-destination ..)
echo '{"private": true, "type": "module"}' > "$out/package.json"
npm install --prefix "$out" --no-save --offline --no-audit --no-fund --silent "$out"/usher-scim-*.tgz
cp component/test/* "$out"
