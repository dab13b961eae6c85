import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** The server of snap7 is compiled on its first use (test/support/snap7.ts). */
const compiler = [
  { programs: ['g++'], packages: ['g++'] },
  { programs: ['make'], packages: ['make'] },
  { programs: ['python3'], packages: ['python3'] },
];

/** What a layer needs besides npm packages: the programs (any one of them will do) and the Debian packages that bring it. */
const counterparts = {
  runtime: [
    {
      programs: ['podman'],
      packages: ['podman', 'runc', 'catatonit', 'netavark', 'aardvark-dns', 'iptables'],
    },
    { programs: ['runc'], packages: ['runc'] },
    { programs: ['socat'], packages: ['socat'] },
  ],
  nodes: compiler,
  wire: [
    { programs: ['mosquitto'], packages: ['mosquitto'] },
    { programs: ['pip3', 'pip'], packages: ['python3-pip'] },
    { programs: ['socat'], packages: ['socat'] },
    // A client on libmodbus, and with it the library that a device is made of.
    { programs: ['mbpoll'], packages: ['mbpoll'] },
    ...compiler,
  ],
  compatibility: [{ programs: ['mosquitto'], packages: ['mosquitto'] }],
  browser: [
    { programs: ['chromium', 'chromium-browser', 'google-chrome'], packages: ['chromium', 'fonts-dejavu-core'] },
    { programs: ['pip3', 'pip'], packages: ['python3-pip'] },
    ...compiler,
  ],
};

const policyFile = '/usr/sbin/policy-rc.d';

function inPath(program) {
  // Debian keeps daemons in sbin, which an ordinary user's PATH lacks.
  const folders = [...(process.env.PATH ?? '').split(path.delimiter), '/usr/sbin', '/usr/local/sbin'];
  return folders.some((folder) => existsSync(path.join(folder, program)));
}

function canInstall() {
  return process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
}

/** Installs Debian packages without starting the services they bring; returns apt's last words on failure. */
function aptInstall(packages) {
  // Debian Policy 9.11.3: while this file says 101, a package's install script starts no service.
  const ownPolicy = !existsSync(policyFile);
  if (ownPolicy) writeFileSync(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    const run = (...args) => spawnSync('apt-get', args, { env, encoding: 'utf8' });
    const install = () => run('install', '--yes', '--no-install-recommends', ...packages);
    let result = install();
    if (result.status !== 0) {
      run('update');
      result = install();
    }
    return result.status === 0 ? undefined : result.stderr.trim().split('\n').slice(-3).join(' ');
  } finally {
    if (ownPolicy) rmSync(policyFile, { force: true });
  }
}

/** Makes sure that a layer's counterparts are there. Returns one line for each that cannot be had, with what to do. */
export function counterpartsFor(layer) {
  const problems = [];
  for (const { programs, packages } of counterparts[layer] ?? []) {
    if (programs.some(inPath)) continue;
    const manually = `install it with \`apt-get install ${packages.join(' ')}\` or your system's counterpart`;
    if (!canInstall()) {
      problems.push(`${programs[0]} was not found: ${manually}`);
      continue;
    }
    console.error(`${layer}: installing ${packages.join(', ')}`);
    const failure = aptInstall(packages);
    if (failure !== undefined) problems.push(`${programs[0]} could not be installed (${failure}): ${manually}`);
    else if (!programs.some(inPath)) problems.push(`${programs[0]} is missing after its installation: ${manually}`);
  }
  return problems;
}
