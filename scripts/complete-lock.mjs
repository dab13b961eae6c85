/**
 * Adds to the lock file the optional packages of other platforms that npm left out.
 *
 * `npm install` may write a lock file without some of them, which `npm ci` then refuses ("Missing: … from lock file"). The platform is read from the package's name, as esbuild, oxlint and biome form it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './bootstrap/project-node.mjs';

const file = path.join(root, 'package-lock.json');
const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'x64'];

/** True when Node's resolution from `parent` finds `name` in the lock file. */
function isLocked(packages, parent, name) {
  for (let folder = parent; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules/') - 1))) {
    if (`${folder === '' ? '' : `${folder}/`}node_modules/${name}` in packages) return true;
    if (folder === '') return false;
    if (!folder.includes('node_modules/')) return `node_modules/${name}` in packages;
  }
}

function libcOf(name) {
  if (/musl/.test(name)) return { libc: ['musl'] };
  return /linux.*gnu/.test(name) ? { libc: ['glibc'] } : {};
}

function entryOf(name, version, parent) {
  const words = name.split(/[-/]/);
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.includes(processor));
  return {
    version,
    ...(cpu.length > 0 ? { cpu } : {}),
    ...(parent.dev || parent.devOptional ? { dev: true } : {}),
    ...libcOf(name),
    optional: true,
    ...(os.length > 0 ? { os } : {}),
  };
}

const lock = JSON.parse(readFileSync(file, 'utf8'));
let added = 0;
for (const [folder, parent] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    if (isLocked(lock.packages, folder, name)) continue;
    lock.packages[`node_modules/${name}`] = entryOf(name, version, parent);
    added += 1;
  }
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, undefined, 2)}\n`);
console.log(`added ${added} packages of other platforms to package-lock.json`);
