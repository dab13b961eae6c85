import { deepEqual, doesNotMatch, equal, match, ok } from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import type { FlowEntry } from '../support/bulkhead-http.ts';
import { collectOutput } from '../support/child-output.ts';
import { freePort } from '../support/free-port.ts';

const root = path.resolve(import.meta.dirname, '../..');
const program = path.join(root, 'packages', 'runtime', 'dist', 'cli.js');

interface Result {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd: string,
  input: 'ignore' | 'pipe' = 'ignore',
): ChildProcess {
  return spawn(process.execPath, [program, ...args], {
    cwd,
    stdio: [input, 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'] ?? '', ...env },
    timeout: 60_000,
  });
}

async function run(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  cwd = root,
  input?: string,
): Promise<Result> {
  const child = start(args, env, cwd, input === undefined ? 'ignore' : 'pipe');
  child.stdin?.end(input);
  const read = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => (read[name] += chunk));
  await once(child, 'close');
  return { code: child.exitCode, ...read };
}

const flows: readonly FlowEntry[] = [
  { id: 'filler', type: 'tab', label: 'Filler' },
  { id: 'capper', type: 'tab', label: 'Capper' },
  { id: 'tick', type: 'inject', z: 'filler', props: [], repeat: '0.2', once: true, x: 140, y: 80, wires: [['say']] },
  {
    id: 'say',
    type: 'function',
    z: 'filler',
    func: "const n = (context.get('n') || 0) + 1; context.set('n', n); node.log('bottle ' + n + ';');",
    outputs: 0,
    x: 340,
    y: 80,
    wires: [],
  },
  { id: 'idle', type: 'inject', z: 'capper', props: [], x: 140, y: 80, wires: [[]] },
];

describe('the commands against a running house', function () {
  this.timeout(90_000);
  let bulkhead: Bulkhead;
  let env: Record<string, string>;
  const command = (...args: string[]): Promise<Result> => run(args, env);

  before(async () => {
    bulkhead = await startBulkhead({ flows, env: { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' } });
    env = { BULKHEAD_PORT: new URL(bulkhead.url).port };
  });
  after(() => bulkhead?.stop());

  it('ps lists the compartments in a table', async () => {
    const { code, stdout } = await command('ps');
    equal(code, 0);
    const [head = '', ...rows] = stdout.trim().split('\n');
    match(head, /^NAME +STATE +PID +CPU +MEMORY +P99 +RESTARTS +LAST EXIT$/);
    deepEqual(
      rows.map((row) => row.split(/ {2,}/).slice(0, 2)),
      [
        ['Filler', 'running'],
        ['Capper', 'running'],
      ],
    );
  });

  it('ps --json is what the HTTP interface says', async () => {
    const { stdout } = await command('ps', '--json');
    const listed = v.parse(v.array(v.looseObject({ id: v.string(), pid: v.number() })), JSON.parse(stdout));
    const compartments = await bulkhead.compartments();
    deepEqual(
      listed.map(({ id, pid }) => [id, pid]),
      compartments.map(({ id, pid }) => [id, pid]),
    );
  });

  it('logs prints as many lines as were asked for, with their times', async () => {
    const { code, stdout } = await command('logs', 'filler', '--lines', '1');
    equal(code, 0);
    match(stdout, /^\d{4}-\d\d-\d\dT[\d:.]+Z .*\n$/);
  });

  it('logs says on stderr that nothing was logged', async () => {
    const { code, stdout, stderr } = await command('logs', 'Capper');
    deepEqual([code, stdout, stderr], [0, '', 'bulkhead: "Capper" has logged nothing so far\n']);
  });

  it('logs -f goes on without a gap or a repetition, and ends with 0 on Ctrl-C', async () => {
    const child = start(['logs', 'Filler', '-f', '--lines', '1', '--json'], env, root);
    const output = collectOutput(child);
    const first = await output.line(/bottle (\d+);/, { deadlineMs: 10_000, what: 'a first line' });
    const last = Number(first[1]) + 8;
    await output.line(new RegExp(`bottle ${last};`), { deadlineMs: 15_000, what: 'eight more lines' });
    child.kill('SIGINT');
    await once(child, 'close');
    equal(child.exitCode, 0);
    const bottles = output.lines().flatMap((line) => /bottle (\d+);/.exec(line)?.[1] ?? []);
    deepEqual(
      bottles.slice(0, 9).map(Number),
      Array.from({ length: 9 }, (_none, place) => last - 8 + place),
    );
  });

  it('logs -f ends with 0, and says nothing, once nobody reads it any more', async () => {
    const child = start(['logs', 'Filler', '-f', '--lines', '1'], env, root);
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
    const closed = once(child, 'close', { signal: AbortSignal.timeout(20_000) });
    child.stdout?.once('data', () => child.stdout?.destroy());
    await closed;
    deepEqual([child.exitCode, said], [0, '']);
  });

  it('an answer that cannot be written is an error', async () => {
    const full = openSync('/dev/full', 'w');
    try {
      const child = spawn(process.execPath, [program, 'ps'], { env, stdio: ['ignore', full, 'pipe'], timeout: 30_000 });
      let said = '';
      child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (said += chunk));
      await once(child, 'close');
      deepEqual([child.exitCode, said.trim().split('\n').length], [1, 1]);
      match(said, /^bulkhead: the answer could not be written: ENOSPC/);
    } finally {
      closeSync(full);
    }
  });

  it('restart restarts one compartment and waits until it runs', async () => {
    const before = await bulkhead.compartmentOfTab('Filler');
    const other = await bulkhead.compartmentOfTab('Capper');
    const { code, stdout } = await command('restart', 'Filler', '--json');
    equal(code, 0);
    const after = await bulkhead.compartmentOfTab('Filler');
    deepEqual(JSON.parse(stdout), { id: 'filler', name: 'Filler', pid: after.pid, before: before.pid });
    ok(after.pid !== before.pid && after.state === 'running');
    equal((await bulkhead.compartmentOfTab('Capper')).pid, other.pid);
    await bulkhead.output.line(/^compartment Filler ended: exit: ended as it was asked to$/, {
      deadlineMs: 5_000,
      what: 'the words of the house for a restart that was asked for',
    });
  });

  it('a name that nobody has is an error that lists the names', async () => {
    const { code, stdout, stderr } = await command('restart', 'Fuller');
    deepEqual(
      [code, stdout, stderr],
      [1, '', 'bulkhead: there is no compartment "Fuller"; there are "Filler", "Capper"\n'],
    );
  });

  it('export and import take the flows through a folder, and start no process anew', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'bulkhead-cli-'));
    try {
      const first = await run(['export', 'flows'], env, folder);
      deepEqual(
        [first.code, first.stdout.split('\n')],
        [0, ['index.json', 'tabs/capper.json', 'tabs/filler.json', 'flows: 3 files changed', '']],
        first.stderr,
      );
      const before = await bulkhead.compartments();
      const file = path.join(folder, 'flows', 'tabs', 'capper.json');
      await writeFile(file, (await readFile(file, 'utf8')).replace('"x": 140', '"x": 160'));
      const { code, stdout, stderr } = await run(['import', 'flows', '--json'], env, folder);
      deepEqual([code, stderr], [0, '']);
      deepEqual(JSON.parse(stdout), { target: bulkhead.url, tabs: 2, entries: 5 });
      const again = await run(['export', 'flows', '--json'], env, folder);
      deepEqual(JSON.parse(again.stdout), { directory: 'flows', entries: 5, changed: [] });
      const answer = await bulkhead.request('/flows');
      const idle = v
        .parse(v.array(v.looseObject({ id: v.string() })), await answer.json())
        .find(({ id }) => id === 'idle');
      equal(idle?.['x'], 160);
      deepEqual(
        (await bulkhead.compartments()).map(({ pid }) => pid),
        before.map(({ pid }) => pid),
      );
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('knows without a house every node type that the house has', async () => {
    const answer = await bulkhead.request('/nodes', { headers: { accept: 'application/json' } });
    const sets = v.parse(v.array(v.object({ types: v.array(v.string()) })), await answer.json());
    const folder = await mkdtemp(path.join(tmpdir(), 'bulkhead-cli-'));
    try {
      const nodes = sets.flatMap(({ types }) => types).map((type, place) => ({ id: `n${place}`, type }));
      await writeFile(path.join(folder, 'all.json'), JSON.stringify(nodes));
      const { stdout } = await run(['validate', 'all.json'], env, folder);
      doesNotMatch(stdout, /unknown-type/);
      ok(nodes.length > 60);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

describe('the commands against a house with a login', function () {
  this.timeout(90_000);
  let bulkhead: Bulkhead;
  let port: string;
  let folder: string;
  const hash = '$2b$04$.n3sS6wAYeXoKys3gHY55env3J2ex7MRfJEQOJYkPbz0cuBSfucLi';
  const script = createHash('sha256').update('script').digest('hex');

  before(async () => {
    bulkhead = await startBulkhead({
      flows,
      // Of "plant", with few rounds.
      settings: `
login:
  users:
    - {username: anna, password: "${hash}"}
    - {username: rita, password: "${hash}", permissions: read}
  tokens:
    - {name: script, sha256: ${script}}
`,
      env: { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' },
    });
    ({ port } = new URL(bulkhead.url));
    folder = await mkdtemp(path.join(tmpdir(), 'bulkhead-cli-'));
  });
  after(async () => {
    await bulkhead?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const as = (user: string): Record<string, string> => ({
    BULKHEAD_PORT: port,
    BULKHEAD_HOME: path.join(folder, user),
  });
  const logIn = (user: string, password: string): Promise<Result> =>
    run(['login'], as(user), folder, `${user}\n${password}\n`);

  it('say how to log in', async () => {
    const { code, stderr } = await run(['ps'], as('nobody'));
    equal(code, 1);
    match(stderr, /asks for a login: run "npx bulkhead login", or set BULKHEAD_TOKEN/);
  });

  it('say that a token is unknown, and repeat none of it', async () => {
    const { code, stderr } = await run(['ps'], { ...as('nobody'), BULKHEAD_TOKEN: 'nix' });
    equal(code, 1);
    match(stderr, /does not know the token in BULKHEAD_TOKEN: it has expired/);
    doesNotMatch(stderr, /nix/);
  });

  it('say that a token is good, but not for this', async () => {
    const env = { ...as('nobody'), BULKHEAD_TOKEN: 'script' };
    equal((await run(['ps'], env)).code, 0);
    const { code, stderr } = await run(['restart', 'Filler'], env);
    equal(code, 1);
    match(stderr, /knows the token in BULKHEAD_TOKEN, which may not do this/);
  });

  it('work after a login, which says how long it lasts, until the logout', async () => {
    const { code, stdout, stderr } = await logIn('anna', 'plant');
    deepEqual([code, stderr], [0, '']);
    match(stdout, /^logged in as "anna" until \d{4}-\d\d-\d\d \d\d:\d\d; "npx bulkhead logout" ends it\n$/);
    match((await run(['ps'], as('anna'))).stdout, /^Filler +running/m);
    equal((await run(['restart', 'Capper'], as('anna'))).code, 0);
    const [kept] = Object.values(
      v.parse(
        v.record(v.string(), v.object({ token: v.string() })),
        JSON.parse(await readFile(path.join(folder, 'anna', 'logins.json'), 'utf8')),
      ),
    );
    equal((await run(['logout'], as('anna'))).stdout, '"anna" is logged out\n');
    match((await run(['ps'], as('anna'))).stderr, /asks for a login/);
    const still = await run(['ps'], { ...as('nobody'), BULKHEAD_TOKEN: kept?.token ?? '' });
    match(still.stderr, /does not know the token/);
  });

  it('let in who may only read, and say what that login may not', async () => {
    equal((await logIn('rita', 'plant')).code, 0);
    equal((await run(['ps'], as('rita'))).code, 0);
    const { code, stderr } = await run(['restart', 'Filler'], as('rita'));
    equal(code, 1);
    match(stderr, /knows the login of "rita", which may not do this/);
  });

  it('say that a password is wrong, and keep nothing', async () => {
    const { code, stdout, stderr } = await logIn('wil', 'guessed');
    deepEqual([code, stdout, stderr], [1, '', 'bulkhead: the user name or the password is wrong\n']);
    match((await run(['ps'], as('wil'))).stderr, /asks for a login/);
  });

  it('say that nothing was entered', async () => {
    const { code, stderr } = await run(['login'], as('nobody'), folder, 'anna\n');
    deepEqual([code, stderr], [1, 'bulkhead: nothing was entered\n']);
  });

  it('ask at a terminal, and show no password there', async () => {
    const [node, cli] = [process.execPath, program].map((file) => `'${file}'`);
    const child = spawn('script', ['-qefc', `${node} ${cli} login`, '/dev/null'], {
      env: { PATH: process.env['PATH'] ?? '', ...as('terminal') },
      stdio: ['pipe', 'pipe', 'inherit'],
      timeout: 30_000,
    });
    let seen = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      const before = seen;
      seen += chunk;
      const came = (text: string): boolean => seen.includes(text) && !before.includes(text);
      if (came('user at ')) child.stdin.write('anna\r');
      if (came('password: ')) child.stdin.write('plamt\b\bnt\r');
    });
    await once(child, 'close');
    equal(child.exitCode, 0, seen);
    match(seen, /user at http:\S+: anna\r+\n/);
    match(seen, /password: \r\nlogged in as "anna"/);
  });
});

describe('the commands without a house', function () {
  this.timeout(30_000);
  let folder = '';
  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'bulkhead-cli-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  for (const args of [
    ['ps'],
    ['logs', 'Filler'],
    ['restart', 'Filler'],
    ['login'],
    ['validate', 'good.json', '--house'],
  ]) {
    it(`${args.join(' ')} says that no house answers, and what to do`, async () => {
      await writeFile(path.join(folder, 'good.json'), '[]');
      const { code, stdout, stderr } = await run(args, { BULKHEAD_PORT: String(await freePort()) }, folder);
      deepEqual([code, stdout, stderr.trim().split('\n').length], [1, '', 1]);
      match(
        stderr,
        /^bulkhead: no house answers on http:\/\/127\.0\.0\.1:\d+ \(ECONNREFUSED\); start one with "npm start"/,
      );
    });
  }

  for (const args of [
    ['ps', 'x'],
    ['logs'],
    ['restart'],
    ['plan'],
    ['validate'],
    ['plan', 'a', 'b'],
    ['logs', 'a', '--lines', '-3'],
    ['ps', '-f'],
  ]) {
    it(`"bulkhead ${args.join(' ')}" is wrong usage`, async () => {
      const { code, stdout, stderr } = await run(args, {}, folder);
      deepEqual([code, stdout], [64, '']);
      match(stderr, /^bulkhead: .*; see npx bulkhead --help\n$/);
    });
  }

  it('--help names every command', async () => {
    const { code, stdout } = await run(['--help'], {}, folder);
    equal(code, 0);
    for (const name of ['start', 'ps', 'logs', 'restart', 'login', 'plan', 'validate', 'export', 'import'])
      match(stdout, new RegExp(`^  ${name}\\b`, 'm'));
  });

  it('plan says which tabs run together', async () => {
    const { code, stdout } = await run(['plan', path.join(root, 'flows', 'demo.json'), '--json'], {}, folder);
    equal(code, 0);
    const plan = v.parse(v.object({ compartments: v.array(v.object({ name: v.string() })) }), JSON.parse(stdout));
    ok(plan.compartments.length >= 5);
  });

  it('export --file and import --file give the same flows back, and export refuses a secret', async () => {
    const demo = path.join(root, 'flows', 'demo.json');
    equal((await run(['export', 'demo', '--file', demo], {}, folder)).code, 0);
    equal((await run(['import', 'demo', '--file', 'back.json'], {}, folder)).code, 0);
    const sorted = async (file: string): Promise<unknown> =>
      v
        .parse(v.array(v.looseObject({ id: v.string() })), JSON.parse(await readFile(file, 'utf8')))
        .toSorted((a, b) => (a.id < b.id ? -1 : 1));
    deepEqual(await sorted(path.join(folder, 'back.json')), await sorted(demo));
    const secret = [{ id: 'c', type: 'http request', name: 'ask', url: 'https://me:hunter2@host' }];
    await writeFile(path.join(folder, 'secret.json'), JSON.stringify(secret));
    const { code, stdout, stderr } = await run(['export', 'secret', '--file', 'secret.json'], {}, folder);
    deepEqual([code, stdout], [1, '']);
    match(stderr, /nothing was written: ask \(http request\): "url" holds an address with a password/);
    doesNotMatch(stderr, /hunter2/);
  });

  it('a flow file may begin with a byte order mark, as in Node-RED', async () => {
    await writeFile(path.join(folder, 'marked.json'), '\uFEFF[{"id":"t","type":"tab","label":"Line"}]');
    deepEqual(await run(['plan', 'marked.json'], {}, folder), { code: 0, stdout: 'Line (1 tab)\n', stderr: '' });
  });

  it('validate finds nothing wrong with the demo', async () => {
    const { code, stdout } = await run(['validate', path.join(root, 'flows', 'demo.json')], {}, folder);
    equal(code, 0);
    match(stdout, /nothing is wrong/);
  });

  it('validate prints one line for each thing that is wrong, and ends with 1', async () => {
    const wrong = [
      { id: 't', type: 'tab', label: 'Line' },
      { id: 'a', type: 'nix', z: 't', name: 'press' },
      { id: 'b', type: 'mqtt in', z: 't', name: 'in', broker: 'gone' },
      { id: 'c', type: 'http request', z: 't', name: 'ask', url: 'https://me:hunter2@host' },
      { id: 'd', type: 'uns-publish', z: 't', name: 'one', connection: 'n', topic: 'umh.v1.a._raw.x' },
      { id: 'e', type: 'uns-publish', z: 't', name: 'two', connection: 'n', topic: 'umh.v1.a._raw.x' },
      { id: 'n', type: 'uns-connection', name: 'namespace' },
    ];
    await writeFile(path.join(folder, 'wrong.json'), JSON.stringify(wrong));
    const { code, stdout, stderr } = await run(['validate', 'wrong.json'], {}, folder);
    deepEqual([code, stderr], [1, '']);
    deepEqual(stdout.trim().split('\n'), [
      'wrong.json: unknown-type: Line / press (nix): no installed palette has the type "nix"',
      'wrong.json: missing-config: Line / in (mqtt in): "broker" names the mqtt-broker gone, which is not in the file',
      'wrong.json: clear-secret: Line / ask (http request): "url" holds an address with a password in it',
      'wrong.json: duplicate-publisher: Line / two (uns-publish): the topic umh.v1.a._raw.x has two sources: one has it too',
    ]);
    const asJson = await run(['validate', 'wrong.json', '--json'], {}, folder);
    deepEqual(
      v.parse(v.array(v.looseObject({ rule: v.string() })), JSON.parse(asJson.stdout)).map(({ rule }) => rule),
      ['unknown-type', 'missing-config', 'clear-secret', 'duplicate-publisher'],
    );
  });

  for (const [what, content, message] of [
    ['is not JSON', '[', /wrong\.json: not JSON/],
    ['is no list', '{"a":1}', /not a flow file/],
    ['holds something that is no node', '[{"id":"a"}]', /entry 1 has no id or no type/],
  ] as const) {
    it(`validate says that a file ${what}`, async () => {
      await writeFile(path.join(folder, 'wrong.json'), content);
      const { code, stdout, stderr } = await run(['validate', 'wrong.json'], {}, folder);
      deepEqual([code, stdout], [1, '']);
      match(stderr, message);
    });
  }
});
