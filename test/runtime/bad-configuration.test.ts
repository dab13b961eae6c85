import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type HousePlan, parsePlan } from '../../packages/runtime/src/keeper/house-plan.ts';
import { freePort } from '../support/free-port.ts';

const cli = fileURLToPath(new URL('../../packages/runtime/src/cli.ts', import.meta.url));
const configure = fileURLToPath(new URL('../../packages/runtime/src/config/configure.ts', import.meta.url));

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly plan: string;
}

function run(program: string, args: readonly string[], env: Record<string, string>): Promise<Result> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', ...env },
    });
    const read = ['', '', '', ''];
    for (const n of [1, 2, 3]) child.stdio[n]?.on('data', (chunk: Buffer) => (read[n] += chunk.toString('utf8')));
    child.on('close', (code) => {
      resolve({ code, stdout: read[1] ?? '', stderr: read[2] ?? '', plan: read[3] ?? '' });
    });
  });
}

describe('bulkhead start with bad input', () => {
  let directory = '';
  let home = '';

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'bh-config-'));
    home = join(directory, 'home');
    mkdirSync(home);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const refused = async (env: Record<string, string>, line: RegExp): Promise<void> => {
    const { code, stdout, stderr } = await run(cli, ['start'], { BULKHEAD_HOME: home, ...env });
    match(stderr, line);
    deepEqual([code, stdout, stderr.trim().split('\n').length], [78, '', 1]);
  };

  it('says which port is in use, and ends with 78', async () => {
    const server = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    try {
      await refused({ BULKHEAD_PORT: String(port) }, /port \d+ on 127\.0\.0\.1 is in use.*BULKHEAD_PORT/);
    } finally {
      server.close();
    }
  });

  it('says that the home cannot be written', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    await refused({ BULKHEAD_HOME: join(file, 'home') }, /file\/home: cannot be written \(ENOTDIR\).*BULKHEAD_HOME/);
  });

  it('says which key is unknown', async () => {
    writeFileSync(join(home, 'bulkhead.yaml'), 'prot: 1881\n');
    await refused({}, /^bulkhead: bulkhead\.yaml:1: unknown key "prot"; did you mean "port"\?$/m);
  });

  it('says that a login is missing', async () => {
    await refused({ BULKHEAD_HOST: '0.0.0.0', BULKHEAD_PORT: '0' }, /without a login/);
  });

  it('says which password file is missing', async () => {
    writeFileSync(join(home, 'bulkhead.yaml'), 'mqtt:\n  url: mqtt://broker\n  passwordFile: secret.txt\n');
    await refused({ BULKHEAD_PORT: '0' }, /home\/secret\.txt: the MQTT password file cannot be read \(ENOENT\)/);
  });

  it('says that secrets.json is damaged, and does not make new ones', async () => {
    writeFileSync(join(home, 'secrets.json'), '{');
    await refused({ BULKHEAD_PORT: '0' }, /secrets\.json: damaged/);
    equal(readFileSync(join(home, 'secrets.json'), 'utf8'), '{');
  });

  for (const args of [[], ['fly'], ['start', '--fast']]) {
    it(`explains "bulkhead ${args.join(' ')}" with 64`, async () => {
      const { code, stderr } = await run(cli, args, {});
      equal(code, 64);
      match(stderr, /^bulkhead: .*; see npx bulkhead --help\n$/);
    });
  }

  it('prints help and version', async () => {
    match((await run(cli, ['--help'], {})).stdout, /start the house/);
    match((await run(cli, ['--version'], {})).stdout, /^\d+\.\d+\.\d+/);
  });
});

describe('the plan of the house', () => {
  let home = '';
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'bh-plan-'));
  });
  afterEach(() => rmSync(home, { recursive: true, force: true }));

  const planned = async (yaml = ''): Promise<HousePlan> => {
    writeFileSync(join(home, 'bulkhead.yaml'), yaml);
    const { code, plan, stderr } = await run(configure, [], { BULKHEAD_HOME: home, BULKHEAD_PORT: '0', API_KEY: 'k' });
    deepEqual([code, stderr], [0, '']);
    const parsed = parsePlan(plan);
    rmSync(parsed.runDirectory, { recursive: true, force: true });
    return parsed;
  };
  const names = (plan: HousePlan): readonly string[] => plan.services.map(({ name }) => name);

  it('says that projects need Git, where there is none', async () => {
    deepEqual((await planned('projects: true\n')).notices, []);
    writeFileSync(join(home, 'bulkhead.yaml'), 'projects: true\n');
    const env = { BULKHEAD_HOME: home, BULKHEAD_PORT: '0', PATH: home };
    const without = parsePlan((await run(configure, [], env)).plan);
    rmSync(without.runDirectory, { recursive: true, force: true });
    deepEqual(without.notices, ['projects: git was not found; install it, or set "projects: false" in bulkhead.yaml']);
  });

  it('keeps ports and secrets over starts, the secrets for the owner alone', async () => {
    await planned();
    const before = ['ports.json', 'secrets.json'].map((file) => readFileSync(join(home, file), 'utf8'));
    await planned();
    deepEqual(
      ['ports.json', 'secrets.json'].map((file) => readFileSync(join(home, file), 'utf8')),
      before,
    );
    equal(statSync(join(home, 'secrets.json')).mode & 0o777, 0o600);
    ok(!readdirSync(home).some((name) => name.endsWith('.new')));
  });

  it('has no service that is outside, and passes its password on', async () => {
    writeFileSync(join(home, 'pw'), 'outside\n');
    const plan = await planned(
      'mqtt: {url: "mqtt://b", username: u, passwordFile: pw}\npostgres: {host: db}\nplant: {enabled: false}\n',
    );
    deepEqual(names(plan), ['namespace']);
    match(JSON.stringify(plan.supervisor.boot), /"mqtt":\{"url":"mqtt:\/\/b","username":"u","password":"outside"\}/);
  });

  it('puts secrets into boot data alone, and no foreign variable anywhere', async () => {
    const plan = await planned();
    deepEqual(names(plan), ['postgres', 'broker', 'namespace', 'plant']);
    const secrets = readFileSync(join(home, 'secrets.json'), 'utf8').match(/[\w-]{40,}/g) ?? [];
    equal(secrets.length, 3);
    for (const { args, env } of [plan.supervisor, plan.editor, ...plan.services]) {
      const visible = JSON.stringify([args, env]);
      for (const hidden of [...secrets, 'API_KEY']) equal(visible.includes(hidden), false);
    }
    ok(existsSync(join(home, 'compartments')));
  });
});
