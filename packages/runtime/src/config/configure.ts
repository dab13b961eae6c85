/**
 * Reads the configuration and prints the plan of the house as JSON on descriptor 3. Short-lived, so that the keeper,
 * which lives on, loads no library. Exits 78 with one line per error on stderr when the house cannot be started so.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { planDescriptor } from '../keeper/house-plan.ts';
import { homeUse, inUse } from '../keeper/lock.ts';
import { hasProgram, houseRoot, programFile } from '../keeper/programs.ts';
import { createToken } from '../protocol/token.ts';
import { buildPlan } from './build-plan.ts';
import { parseConfiguration } from './configuration-file.ts';
import { homePath, makeRunDirectory, prepareHome } from './home.ts';
import { portClaims } from './port-claims.ts';
import { choosePorts, type PortName, portNames, rememberedPorts, rememberPorts, tryPort } from './ports.ts';
import { keepSecrets } from './secrets.ts';
import { misspeltVariables, type Settings, settle } from './settings.ts';

const configurationError = 78;
/** PostgreSQL of a killed run may take this long to let go of its port. */
const patienceMs = 3_000;

function refuse(problems: readonly string[]): never {
  for (const problem of problems) process.stderr.write(`bulkhead: ${problem}\n`);
  process.exit(configurationError);
}

function readSettings(home: string): Settings {
  const file = join(home, 'bulkhead.yaml');
  let source = '';
  try {
    if (existsSync(file)) source = readFileSync(file, 'utf8');
  } catch (error) {
    refuse([`${file}: cannot be read (${error instanceof Error && 'code' in error ? String(error.code) : 'error'})`]);
  }
  const configuration = parseConfiguration('bulkhead.yaml', source);
  if (!configuration.ok) refuse(configuration.problems);
  const settings = settle(configuration.value, process.env);
  if (!settings.ok) refuse(settings.problems);
  return settings.value;
}

function readPassword(home: string, what: string, file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  const path = resolve(home, file);
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'error';
    return refuse([`${path}: the ${what} password file cannot be read (${code})`]);
  }
}

async function checkFront({ host, port }: Settings): Promise<void> {
  const code = port === 0 ? null : await tryPort(port, host);
  if (code === null) return;
  if (code === 'EADDRINUSE') {
    refuse([`port ${port} on ${host} is in use by another program; stop that program or set BULKHEAD_PORT`]);
  }
  refuse([`${host}:${port} cannot be listened on (${code}); set BULKHEAD_HOST and BULKHEAD_PORT`]);
}

async function configure(): Promise<void> {
  const home = homePath(process.env, process.cwd());
  const unwritable = prepareHome(home);
  if (unwritable !== null) refuse([unwritable]);
  const use = await homeUse(home);
  if (use.kind === 'in-use') refuse([inUse(home, use.pid)]);
  const settings = readSettings(home);
  await checkFront(settings);

  const needed: readonly PortName[] = portNames.filter((name) => {
    if (name === 'mqtt') return settings.mqtt === null;
    if (name === 'postgres') return settings.postgres === null;
    return settings.plant.enabled;
  });
  const remembered = rememberedPorts(home);
  const claims = portClaims(process.ppid);
  const isFree = async (port: number): Promise<boolean> =>
    port !== settings.port && (await tryPort(port)) === null && claims.claim(port);
  const ports = await choosePorts(needed, remembered, isFree, use.kind === 'abandoned' ? patienceMs : 0);
  const notRemembered = rememberPorts(home, ports);
  if (notRemembered !== undefined) process.stderr.write(`bulkhead: ${notRemembered}\n`);

  const mqttPassword = readPassword(home, 'MQTT', settings.mqtt?.passwordFile);
  const postgresPassword = readPassword(home, 'PostgreSQL', settings.postgres?.passwordFile);
  const plan = buildPlan({
    settings,
    ports,
    secrets: keepSecrets(home),
    externalPasswords: {
      ...(mqttPassword === undefined ? {} : { mqtt: mqttPassword }),
      ...(postgresPassword === undefined ? {} : { postgres: postgresPassword }),
    },
    houseSecret: createToken(),
    home,
    runDirectory: makeRunDirectory(),
    root: houseRoot(),
    node: process.execPath,
    programFile,
    hasProgram,
    environment: process.env,
    notices: [...misspeltVariables(process.env), ...missingGit(settings)],
  });
  print(JSON.stringify(plan));
}

/** Node-RED would turn projects off without a word to anybody but its log. */
function missingGit({ projects }: Settings): readonly string[] {
  if (!projects) return [];
  const { error } = spawnSync('git', ['--version'], { timeout: 5_000, stdio: 'ignore' });
  return error === undefined
    ? []
    : ['projects: git was not found; install it, or set "projects: false" in bulkhead.yaml'];
}

/** The whole text, also where the pipe takes only part of it at a time. */
function print(text: string): void {
  const bytes = Buffer.from(text, 'utf8');
  for (let at = 0; at < bytes.length; ) at += writeSync(planDescriptor, bytes, at);
}

try {
  await configure();
} catch (error) {
  refuse([error instanceof Error ? error.message : String(error)]);
}
