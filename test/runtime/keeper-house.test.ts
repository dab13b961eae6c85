import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { HousePlan } from '../../packages/runtime/src/keeper/house-plan.ts';
import type { ChildSpec } from '../../packages/runtime/src/protocol/messages.ts';
import { until } from '../support/until.ts';
import { isAlive } from './fixtures/alive.ts';

const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}.ts`, import.meta.url));

interface House {
  readonly keeper: ChildProcess;
  readonly plan: HousePlan;
  stdout(): string;
  stderr(): string;
  trace(): readonly string[];
  /** Latest pid that a member noted at its start. */
  pid(name: string, what?: 'start' | 'program'): number;
  exitCode(): Promise<number | null>;
}

describe('the house', () => {
  let directory = '';
  const houses: House[] = [];
  const closers: (() => void)[] = [];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'bh-house-'));
  });
  afterEach(async () => {
    for (const close of closers.splice(0)) close();
    for (const house of houses.splice(0)) {
      const { keeper, plan } = house;
      keeper.kill('SIGKILL');
      rmSync(plan.runDirectory, { recursive: true, force: true });
      await until(() => keeper.exitCode !== null || keeper.signalCode !== null, { deadlineMs: 5000, what: 'the end' });
      // Left where a keeper did not see to it.
      for (const pid of ['one', 'two'].map((name) => house.pid(name, 'program')))
        if (pid > 0 && isAlive(pid)) process.kill(pid, 'SIGKILL');
    }
    rmSync(directory, { recursive: true, force: true });
  });

  const open = (parts: { deaf?: readonly string[]; refuses?: boolean } = {}): House => {
    const traceFile = join(directory, 'trace');
    const home = join(directory, 'home');
    const runDirectory = mkdtempSync(join(tmpdir(), 'bulkhead-run-'));
    mkdirSync(home, { recursive: true });
    if (!existsSync(traceFile)) writeFileSync(traceFile, '');
    const spec = (name: string, role: ChildSpec['role'], program: string, boot: object): ChildSpec => ({
      name,
      role,
      command: process.execPath,
      args: [fixture(program)],
      cwd: directory,
      env: { PATH: process.env['PATH'] ?? '' },
      boot,
      restart: 'keeper',
    });
    const member = (name: string, role: ChildSpec['role'], stopSignal?: NodeJS.Signals): ChildSpec => ({
      ...spec(name, role, 'house-member', { name, trace: traceFile, deaf: parts.deaf?.includes(name) ?? false }),
      ...(stopSignal === undefined ? {} : { stopSignal }),
    });
    const keeperSocket = join(runDirectory, 'k');
    const plan: HousePlan = {
      home,
      runDirectory,
      keeperSocket,
      keeperToken: 'token',
      services: [
        member('postgres', 'service', 'SIGINT'),
        member('broker', 'service'),
        member('namespace', 'service'),
        member('plant', 'service'),
      ],
      editor: member('editor', 'editor'),
      supervisor: spec('supervisor', 'supervisor', 'house-supervisor', {
        keeperSocket,
        keeperToken: 'token',
        trace: traceFile,
        member: fixture('house-member'),
        refuses: parts.refuses ?? false,
      }),
      cgroups: false,
      notices: [],
    };
    const planFile = join(directory, `plan-${houses.length}.json`);
    writeFileSync(planFile, JSON.stringify(plan));
    const keeper = spawn(process.execPath, [fixture('keeper'), planFile], { stdio: ['ignore', 'pipe', 'pipe'] });
    const output = { stdout: '', stderr: '' };
    keeper.stdout.on('data', (chunk) => (output.stdout += chunk));
    keeper.stderr.on('data', (chunk) => (output.stderr += chunk));
    const ended = new Promise<number | null>((resolve) => keeper.on('close', resolve));
    const trace = (): readonly string[] => readFileSync(traceFile, 'utf8').trim().split('\n');
    const house: House = {
      keeper,
      plan,
      stdout: () => output.stdout,
      stderr: () => output.stderr,
      trace,
      pid: (name, what = 'start') =>
        Number(
          trace()
            .findLast((line) => line.startsWith(`${name} ${what} `))
            ?.split(' ')[2] ?? 0,
        ),
      exitCode: () => ended,
    };
    houses.push(house);
    return house;
  };

  const members = ['supervisor', 'editor', 'postgres', 'broker', 'namespace', 'plant', 'one', 'two'];
  const ready = async (house: House): Promise<void> => {
    await until(() => house.stdout().includes('bulkhead ready on'), { deadlineMs: 15_000, what: 'the ready line' });
    await until(() => members.every((name) => house.pid(name) > 0), { deadlineMs: 15_000, what: 'all members' });
  };

  it('says ready once, and on SIGTERM drains, ends in order and exits 0', async () => {
    const house = open();
    await ready(house);
    const before = house.trace().length;
    house.keeper.kill('SIGTERM');
    equal(await house.exitCode(), 0);
    const [drains, editor, ...rest] = house.trace().slice(before);
    deepEqual([drains, editor], ['supervisor drains', 'editor stop']);
    const stops = rest.filter((line) => line.endsWith(' stop'));
    deepEqual(stops.slice(0, 2).sort(), ['one stop', 'two stop']);
    deepEqual(stops.slice(2), ['plant stop', 'namespace stop', 'broker stop', 'postgres stop', 'supervisor stop']);
    match(house.stdout(), /^bulkhead ready on http:\/\/127\.0\.0\.1:1\nstopping: .*\nstopped\n$/);
    deepEqual([existsSync(house.plan.runDirectory), existsSync(join(house.plan.home, 'running.json'))], [false, false]);
  });

  it('ends fast at the second signal, whoever does not listen', async () => {
    const house = open({ deaf: ['editor', 'one', 'plant'] });
    await ready(house);
    const pids = members.map((name) => house.pid(name));
    house.keeper.kill('SIGINT');
    await until(() => house.trace().includes('editor stop'), { deadlineMs: 5000, what: 'the stop' });
    const again = setInterval(() => house.keeper.kill('SIGINT'), 100);
    closers.push(() => clearInterval(again));
    equal(await house.exitCode(), 1);
    match(house.stdout(), /^stopping: [^]*^ending at once$[^]*^ended at once: what was read last may be missing$/m);
    await until(() => !pids.some(isAlive), { deadlineMs: 2000, what: 'everybody down' });
  });

  it('keeps its compartments when the supervisor is killed, and tells the next one what ended meanwhile', async () => {
    const house = open();
    await ready(house);
    const [supervisor, one, two] = ['supervisor', 'one', 'two'].map((name) => house.pid(name));
    process.kill(supervisor ?? 0, 'SIGKILL');
    process.kill(two ?? 0, 'SIGKILL');
    await until(() => house.trace().filter((line) => line.startsWith('supervisor start')).length === 2, {
      deadlineMs: 3000,
      what: 'the next supervisor',
    });
    ok(isAlive(one ?? 0));
    ok(house.trace().includes(`supervisor found one running ${one}`));
    await until(() => house.trace().includes('supervisor heard that two ended: signal'), {
      deadlineMs: 3000,
      what: 'news',
    });
    match(house.stdout(), /^supervisor ended: signal: .*; restarting$/m);
    match(house.stdout(), /^compartment two ended: signal: /m);
    equal(house.stdout().match(/ready on/g)?.length, 1);
  });

  it('restarts a killed service and a killed editor and nobody else', async () => {
    const house = open();
    await ready(house);
    const before = new Map(members.map((name) => [name, house.pid(name)]));
    for (const name of ['broker', 'editor']) process.kill(before.get(name) ?? 0, 'SIGKILL');
    await until(() => ['broker', 'editor'].every((name) => house.pid(name) !== before.get(name)), {
      deadlineMs: 5000,
      what: 'the restarts',
    });
    for (const name of members) equal(house.pid(name) === before.get(name), !['broker', 'editor'].includes(name), name);
  });

  it('leaves no orphans when the keeper is killed, and can be opened again', async () => {
    const first = open({ deaf: ['editor', 'one'] });
    await ready(first);
    const pids = [...members.map((name) => first.pid(name)), first.pid('one', 'program'), first.pid('two', 'program')];
    ok(pids.every(isAlive));
    first.keeper.kill('SIGKILL');
    await until(() => !pids.some(isAlive), { deadlineMs: 5000, what: 'everybody gone' });
    const second = open();
    await ready(second);
    equal(existsSync(first.plan.runDirectory), false);
  });

  it('is opened only once', async () => {
    const first = open();
    await ready(first);
    const second = open();
    equal(await second.exitCode(), 78);
    match(second.stderr(), /already in use by a running bulkhead \(pid \d+\)/);
    ok(isAlive(first.pid('one')));
  });

  for (const [what, damage] of [
    ['damaged', (file: string) => writeFileSync(file, 'garbage')],
    ['gone', (file: string) => rmSync(file)],
  ] as const) {
    it(`is opened only once, also where its note is ${what}, and leaves nothing of it at its end`, async () => {
      const first = open();
      await ready(first);
      damage(join(first.plan.home, 'running.json'));
      const second = open();
      equal(await second.exitCode(), 78);
      match(second.stderr(), /home: already in use by a running bulkhead; stop it first/);
      ok(isAlive(first.pid('one')));
      first.keeper.kill('SIGTERM');
      equal(await first.exitCode(), 0);
      deepEqual(readdirSync(first.plan.home), ['logs']);
    });
  }

  it('is opened again where the note of a killed keeper is damaged', async () => {
    const first = open();
    await ready(first);
    const pids = members.map((name) => first.pid(name));
    first.keeper.kill('SIGKILL');
    await until(() => !pids.some(isAlive), { deadlineMs: 5000, what: 'everybody gone' });
    writeFileSync(join(first.plan.home, 'running.json'), 'garbage');
    await ready(open());
    equal(existsSync(first.plan.runDirectory), false);
  });

  it('ends altogether with 78 and one line when the supervisor cannot work as configured', async () => {
    const house = open({ refuses: true });
    equal(await house.exitCode(), 78);
    equal(house.stderr(), 'port 1880 on 127.0.0.1 is in use by another program\n');
  });
});
