// Checks manifests against the schemas of their kinds: manifests.mjs DIRECTORY < documents.json
//
// DIRECTORY has node_modules. Twice: the validators of the models say what is missing or of the wrong type, and the type
// checker says what is there and is not known, which the validators let pass.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const directory = path.resolve(process.argv[2]);
// No registry package has the kinds of Envoy Gateway; kustomize's own file is read by kustomize alone.
const UNKNOWN = ['gateway.envoyproxy.io/v1alpha1', 'kustomize.config.k8s.io/v1beta1'];

const packageOf = ({ apiVersion }) => {
  if (apiVersion.includes('.istio.io/')) return `@kubernetes-models/istio/${apiVersion}`;
  if (apiVersion.startsWith('gateway.networking.k8s.io/')) return `@kubernetes-models/gateway-api/${apiVersion}`;
  return `kubernetes-models/${apiVersion}`;
};

// Beside node_modules, where their imports are found.
const write = (name, lines) => {
  const file = path.join(directory, name);
  writeFileSync(file, lines.join('\n'));
  return file;
};

const documents = JSON.parse(readFileSync(0)).filter(({ apiVersion }) => !UNKNOWN.includes(apiVersion));
const each = (line) => documents.map(line);
const models = write('models.mjs', each((d, n) => `export { ${d.kind} as m${n} } from '${packageOf(d)}';`));
const loaded = await import(pathToFileURL(models));
const problems = each((document, number) => {
  try {
    new loaded[`m${number}`](document).validate();
    return null;
  } catch (error) {
    return `${document.kind} ${document.metadata.name}: ${error.message}`;
  }
}).filter(Boolean);

write('documents.ts', [
  ...each((d, n) => `import type { I${d.kind} as T${n} } from '${packageOf(d)}';`),
  ...each((d, n) => `export const d${n}: T${n} = ${JSON.stringify(d)};`),
]);
const checker = path.join(directory, 'node_modules', 'typescript', 'bin', 'tsc');
const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2022', 'documents.ts'];
try {
  execFileSync(process.execPath, [checker, ...options], { cwd: directory });
} catch (error) {
  problems.push(String(error.stdout));
}
if (problems.length) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log(`${documents.length} manifests`);
