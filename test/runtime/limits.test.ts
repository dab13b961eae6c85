import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { constants, getPriority } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { usualLimits } from '../../packages/runtime/src/protocol/limits.ts';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import type { FlowEntry } from '../support/bulkhead-http.ts';
import { debug, func, inject, tab } from '../support/compartment.ts';
import { groupsOf } from '../support/control-groups.ts';
import { until } from '../support/until.ts';

const viewSchema = v.looseObject({
  limits: v.record(v.string(), v.number()),
  limitsBy: v.object({ memory: v.string(), cpu: v.string() }),
  cpuPercent: v.number(),
  cpuLimited: v.boolean(),
  openFiles: v.nullable(v.number()),
  dropped: v.object({ logLines: v.number(), debugMessages: v.number() }),
});

const nodeModule = (name: string) => ({ libs: [{ var: name, module: name }] });

/** A tab with one function that runs when it is injected. */
const task = (id: string, code: string, more: Record<string, unknown> = {}): FlowEntry[] => [
  tab(id),
  inject(`${id}-go`, id, [`${id}-run`]),
  func(`${id}-run`, id, code, [], more),
];

const flows: FlowEntry[] = [
  ...task('buffers', 'const kept = []; for (let i = 0; i < 400; i += 1) kept.push(Buffer.alloc(1e7, 1));'),
  ...task(
    'spinner',
    `const until = Date.now() + 60000;
     const turn = () => { const end = Date.now() + 90; while (Date.now() < end); if (Date.now() < until) setTimeout(turn, 1); };
     turn();`,
  ),
  ...task(
    'files',
    "const kept = []; for (let i = 0; i < 300; i += 1) kept.push(fs.openSync('/dev/null', 'r')); global.set('kept', kept.length);",
    nodeModule('fs'),
  ),
  ...task(
    'floods',
    `for (let round = 0; round < 10; round += 1)
       setTimeout(() => { for (let i = 0; i < 10000; i += 1) { node.log('line ' + i); node.send({ payload: i }); } }, round * 100);`,
  ).map((entry) => (entry.id === 'floods-run' ? { ...entry, wires: [['floods-debug']] } : entry)),
  debug('floods-debug', 'floods'),
  ...task('burst', 'for (let i = 0; i < 100000; i += 1) node.send({ payload: i });').map((entry) =>
    entry.id === 'burst-run' ? { ...entry, wires: [['burst-work']] } : entry,
  ),
  func(
    'burst-work',
    'burst',
    "let sum = 0; for (let i = 0; i < 4000; i += 1) sum += i; if (msg.payload === 99999) node.log('all of them');",
  ),
  tab('healthy'),
  inject('tick', 'healthy', ['pass'], { repeat: '0.2' }),
  func('pass', 'healthy', 'return msg;'),
];

/** The database is nobody's business here. */
const settings = 'plant: {enabled: false}\npostgres: {host: 127.0.0.1, port: 9}\nlimits: {openFiles: 3000}\n';
let bulkhead: Bulkhead;

const view = async (id: string) =>
  v.parse(viewSchema, await (await bulkhead.request(`/bulkhead/compartments/${id}`)).json());
const setLimits = (id: string, limits: Record<string, number>) =>
  bulkhead.request(`/bulkhead/compartments/${id}`, {
    method: 'PATCH',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ limits }),
  });
const go = (id: string) => bulkhead.request(`/inject/${id}-go`, { method: 'POST' });
const lastExit = (id: string) =>
  until(async () => (await bulkhead.compartmentOfTab(id)).lastExit ?? undefined, {
    deadlineMs: 20_000,
    what: `the exit of ${id}`,
  });
const metric = async (line: RegExp) => Number(line.exec(await (await bulkhead.request('/metrics')).text())?.[1]);

function memoryAndCpu(): void {
  it('of memory count Buffers, and end who goes over at once', async () => {
    await setLimits('buffers', { rssMb: 300 });
    await go('buffers');
    const { reason, detail } = await lastExit('buffers');
    equal(reason, 'memory-limit', detail);
    match(detail, /300 MB/);
  });

  it('of CPU are taken over while it runs, and it is said when they are reached', async () => {
    await go('spinner');
    await until(async () => (await view('spinner')).cpuPercent > 20, { deadlineMs: 10_000, what: 'it spins' });
    equal((await view('spinner')).cpuLimited, false);
    await setLimits('spinner', { cpuPercent: 10 });
    await until(async () => (await view('spinner')).cpuLimited, { deadlineMs: 20_000, what: 'it is limited' });
    const { limitsBy, cpuPercent } = await view('spinner');
    const log = await readFile(path.join(bulkhead.home, 'logs', 'supervisor.log'), 'utf8');
    if (limitsBy.cpu === 'watchdog') {
      match(log, /compartment spinner used more .*CPU share of 10 %.*: its priority is lowered/);
      equal(getPriority((await bulkhead.compartmentOfTab('spinner')).pid ?? 0), constants.priority.PRIORITY_LOW);
    } else {
      match(log, /compartment spinner has used up its CPU share of 10 %.*: the kernel holds it there/);
      ok(cpuPercent < 20, `${cpuPercent} %`);
    }
    equal(await metric(/^bulkhead_compartment_cpu_limited\{compartment="spinner"\} (\d)$/m), 1);
  });
}

describe('limits of a compartment', function () {
  this.timeout(60_000);

  before(async () => {
    bulkhead = await startBulkhead({ flows, settings });
  });
  after(() => bulkhead.stop());

  it('are those of bulkhead.yaml over the defaults, and told in the metrics', async () => {
    deepEqual((await view('healthy')).limits, { ...usualLimits, openFiles: 3_000 });
    equal(await metric(/^bulkhead_compartment_limit\{compartment="healthy",limit="openFiles"\} (\d+)$/m), 3_000);
  });

  it('are held by the kernel where the keeper may make control groups, by a watchdog elsewhere, and it is said which', async () => {
    const { limitsBy } = await view('healthy');
    const groups = groupsOf(bulkhead.pid);
    equal(
      limitsBy.memory !== 'watchdog',
      groups.some((group) => /memory|unified/.test(group)),
      groups.join('\n'),
    );
    const { memory } = limitsBy;
    equal(
      await metric(new RegExp(`limit_enforcer\\{compartment="healthy",limit="memory",by="${memory}"\\} (\\d)$`, 'm')),
      1,
    );
  });

  memoryAndCpu();

  it('of open files end who goes over, with the number', async () => {
    await setLimits('files', { openFiles: 200 });
    await go('files');
    const { reason, detail } = await lastExit('files');
    equal(reason, 'signal');
    match(detail, /it had 3\d\d open file descriptors, its limit is 200/);
  });

  it('of log lines and debug messages drop and count what is too much; supervisor and keeper stay as small as they were', async () => {
    const pids = (await bulkhead.processes()).filter(({ role }) => role === 'keeper' || role === 'supervisor');
    const sizes = () => pids.map(({ pid }) => residentMb(pid ?? 0));
    const before = sizes();
    await setLimits('floods', { logPerSecond: 50, debugPerSecond: 20 });
    const { pid, restarts } = await bulkhead.compartmentOfTab('healthy');
    await go('floods');
    const flooded = await until(
      async () => {
        const { dropped } = await view('floods');
        return dropped.logLines > 99_000 && dropped.debugMessages > 99_000 ? dropped : undefined;
      },
      { deadlineMs: 20_000, what: 'lines and messages that were dropped' },
    );
    ok(flooded.logLines < 100_000 && flooded.debugMessages < 100_000, 'some were let through');
    const log = await (await bulkhead.request('/bulkhead/compartments/floods/logs?lines=1000')).text();
    match(log, /log lines dropped: more than 50 a second/);
    for (const [index, size] of sizes().entries())
      ok(size < (before[index] ?? 0) + 30, `${before[index]} → ${size} MB`);
    const healthy = await bulkhead.compartmentOfTab('healthy');
    deepEqual([healthy.pid, healthy.restarts], [pid, restarts]);
  });

  it('of silence do not end a legal burst of 100,000 messages that takes longer', async function () {
    this.timeout(120_000);
    await setLimits('burst', { hangMs: 3_000 });
    const { pid } = await bulkhead.compartmentOfTab('burst');
    await go('burst');
    await until(
      async () =>
        (await (await bulkhead.request('/bulkhead/compartments/burst/logs?lines=50')).text()).includes('all of them'),
      { deadlineMs: 100_000, what: 'the end of the burst' },
    );
    const after = await bulkhead.compartmentOfTab('burst');
    deepEqual([after.pid, after.lastExit], [pid, null]);
  });

  it('are refused when they make no sense, with the bound', async () => {
    await rejects(setLimits('healthy', { cpuPercent: 1 }), /400.*limits\.cpuPercent.*5/);
    await rejects(setLimits('healthy', { threads: 1 }), /400.*limits\.threads/);
  });
});

describe('limits of a compartment, without control groups', function () {
  this.timeout(60_000);

  before(async () => {
    bulkhead = await startBulkhead({ flows, settings: `${settings}cgroups: false\n` });
  });
  after(() => bulkhead.stop());

  it('are watched, which is said', async () => {
    deepEqual((await view('healthy')).limitsBy, { memory: 'watchdog', cpu: 'watchdog' });
    deepEqual(groupsOf(bulkhead.pid), []);
  });

  memoryAndCpu();
});

describe('control groups of a house', function () {
  this.timeout(60_000);

  afterEach(() => bulkhead.stop());

  it('hold as many groups as there are compartments, and go with them, also after kill -9', async () => {
    bulkhead = await startBulkhead({ flows, settings: `${settings}spares: 0\n` });
    const groups = () => groupsOf(bulkhead.pid).filter((group) => /-\d+-compartment_/.test(group));
    const { limitsBy } = await view('healthy');
    if (limitsBy.memory === 'watchdog' && limitsBy.cpu === 'watchdog') return deepEqual(groupsOf(bulkhead.pid), []);
    const folders = new Set(groups().map((group) => path.dirname(group))).size;
    await until(() => groups().length === folders * 6, {
      deadlineMs: 5_000,
      what: 'a group for each compartment in each folder',
    });
    const before = groups().find((group) => group.endsWith('healthy'));
    const { pid: healthy } = await bulkhead.compartmentOfTab('healthy');
    await bulkhead.kill('supervisor');
    process.kill(healthy ?? 0, 'SIGKILL');
    await until(() => before !== undefined && !existsSync(before) && groups().length === folders * 6, {
      deadlineMs: 15_000,
      what: 'other groups for the next life, in each folder, and none of the last',
    });
    const { pid } = bulkhead;
    equal(await bulkhead.stop(), 0);
    deepEqual(groupsOf(pid), []);
  });

  it('of a keeper that was killed are removed by the next one', async () => {
    const killed = await startBulkhead({ flows, settings });
    process.kill(killed.pid, 'SIGKILL');
    await until(() => groupsOf(killed.pid).every((group) => processesIn(group) === 0), {
      deadlineMs: 10_000,
      what: 'all processes gone',
    });
    bulkhead = await startBulkhead({ flows, settings });
    deepEqual(groupsOf(killed.pid), []);
    await killed.stop();
  });
});

const processesIn = (group: string): number =>
  readFileSync(path.join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).length;

function residentMb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}
