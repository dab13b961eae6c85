import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import * as v from 'valibot';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import type { FlowEntry } from '../support/bulkhead-http.ts';
import { until } from '../support/until.ts';

const node = (id: string, type: string, more: Record<string, unknown> = {}): FlowEntry => ({
  id,
  z: 'tab',
  type,
  name: id,
  x: 100,
  y: 100,
  wires: [[]],
  ...more,
});
const func = (id: string, code: string): FlowEntry =>
  node(id, 'function', { func: code, outputs: 1, libs: [{ var: 'process', module: 'process' }] });
const press = (id: string, payload: string): FlowEntry =>
  node(`press-${id}`, 'inject', { props: [{ p: 'payload' }], payload, payloadType: 'json', wires: [[id]] });
const secret = 'a-password-in-a-message';

const flows: readonly FlowEntry[] = [
  { id: 'tab', type: 'tab', label: 'Tab' },
  press('rejects', '{"recipe":17}'),
  func('rejects', 'msg.payload.changed = true; node.warn("the last line"); Promise.reject(new Error("no recipe"));'),
  press('spins', '{"n":1}'),
  func('spins', 'for (;;) {}'),
  press('fills', '{"n":2}'),
  func('fills', 'const kept = []; for (;;) kept.push(new Array(100000).fill({}));'),
  press('keeps', '{"n":3}'),
  func('keeps', 'flow.set("kept", (flow.get("kept") ?? 0) + 1);'),
  press('leaks', JSON.stringify({ text: `it is ${secret}` })),
  func('leaks', 'Promise.reject(new Error("leak"));'),
  { id: 'shared', type: 'subflow', name: 'Shared', in: [{ x: 1, y: 1, wires: [{ id: 'shared-in' }] }], out: [] },
  {
    ...func('shared-in', 'process.nextTick(() => { throw new Error("in a subflow"); });'),
    z: 'shared',
    name: 'parses',
  },
  press('line-4', '{"n":4}'),
  node('line-4', 'subflow:shared', { name: 'Line 4', wires: [] }),
  node('login', 'http request', { method: 'GET', url: 'http://127.0.0.1:1', authType: 'basic' }),
];

const reportSchema = v.looseObject({
  id: v.string(),
  reason: v.string(),
  nodeId: v.optional(v.string()),
  nodeIsExact: v.boolean(),
  log: v.array(v.object({ text: v.string(), stream: v.string(), at: v.number() })),
  message: v.nullable(v.looseObject({ nodeId: v.string(), preview: v.string(), redacted: v.boolean() })),
});

describe('A crash report', function () {
  this.timeout(120_000);
  let house: Bulkhead;

  before(async () => {
    house = await startBulkhead({
      settings: 'plant: {enabled: false}\nlimits: {heapMb: 64}\n',
      flows,
    });
    await house.request('/flows', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'Node-RED-Deployment-Type': 'full' },
      body: JSON.stringify(
        flows.map((entry) =>
          entry.id === 'login' ? { ...entry, credentials: { user: 'u', password: secret } } : entry,
        ),
      ),
    });
    await running();
  });
  after(() => house?.stop());

  const at = '/bulkhead/compartments/tab/crashes';
  const reports = async () => v.parse(v.array(reportSchema), await (await house.request(at)).json());
  const running = () =>
    until(async () => (await house.compartmentOfTab('Tab')).state === 'running', {
      deadlineMs: 60_000,
      what: 'a running tab',
    });
  /** Presses until there is another report: a press may meet a process that is just ending. */
  const crash = async (id: string) => {
    const before = (await reports()).length;
    const all = await until(
      async () => {
        await running();
        const url = `${house.url}/inject/press-${id}`;
        await fetch(url, { method: 'POST', signal: AbortSignal.timeout(10_000) }).catch(() => {});
        return until(
          async () => {
            const now = await reports();
            return now.length > before ? now : undefined;
          },
          { deadlineMs: 10_000, what: 'another report' },
        ).catch(() => undefined);
      },
      { deadlineMs: 50_000, what: `the report of ${id}` },
    );
    const last = all.at(-1);
    if (last === undefined) throw new Error('no report');
    return last;
  };
  const limitHangs = (hangMs: number) =>
    house.request('/bulkhead/compartments/tab', {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ limits: { hangMs } }),
    });
  /** What the node `keeps` has counted. */
  const kept = async (): Promise<string> => {
    const answer = await house.request('/context/flow/tab/kept?store=memory');
    return JSON.stringify(await answer.json());
  };
  /** A person's start forgives the short lives before it. */
  const startAfresh = async (): Promise<void> => {
    await house.request('/bulkhead/compartments/tab/stop', { method: 'POST' }).catch(() => {});
    await until(async () => (await house.compartmentOfTab('Tab')).state === 'stopped', {
      deadlineMs: 20_000,
      what: 'down',
    });
    await house.request('/bulkhead/compartments/tab/start', { method: 'POST' });
    await running();
  };
  const ask = async (method: string, where: string) => {
    const response = await fetch(`${house.url}${at}/${where}`, { method });
    return { status: response.status, text: await response.text() };
  };

  it('of an exception names the node for certain, with its last lines and the message as it came', async () => {
    const report = await crash('rejects');
    deepEqual([report.reason, report.nodeId, report.nodeIsExact], ['unhandled-rejection', 'rejects', true]);
    ok(report.log.some(({ text }) => text.includes('the last line')));
    equal(report.message?.nodeId, 'rejects');
    const { status, text } = await ask('GET', `${report.id}/message`);
    equal(status, 200);
    match(text, /"payload":\{"recipe":17\}/);
  });

  it('of a node in a subflow names it and its instance, which alone has a dot to turn red', async () => {
    await startAfresh();
    const report = await crash('line-4');
    deepEqual(
      [report.nodeId, report['nodeName'], report['dotId'], report.nodeIsExact],
      ['shared-in', 'parses (Line 4)', 'line-4', true],
    );
    equal(report.message?.nodeId, 'line-4-shared-in');
  });

  it('of a hang has the message, and is certain of the node from the second one on', async () => {
    await limitHangs(1_500);
    const first = await crash('spins');
    deepEqual([first.reason, first.nodeId, first.nodeIsExact], ['hang', 'spins', false]);
    match(first.message?.preview ?? '', /"payload":\{"n":1\}/);
    const second = await crash('spins');
    deepEqual([second.reason, second.nodeId, second.nodeIsExact], ['hang', 'spins', true]);
    // A machine under load needs a while to fill a heap.
    await limitHangs(60_000);
  });

  it('of an exhausted heap has the message', async () => {
    const report = await crash('fills');
    deepEqual([report.reason, report.nodeId], ['out-of-memory', 'fills']);
    match(report.message?.preview ?? '', /"payload":\{"n":2\}/);
  });

  it('of a kill from outside has what was received last', async () => {
    const before = (await reports()).length;
    await until(async () => (await house.compartmentOfTab('Tab')).state === 'running', {
      deadlineMs: 60_000,
      what: 'up',
    });
    // The press is answered when the inject node has it, not when it has come to the next.
    const untouched = await kept();
    await house.request('/inject/press-keeps', { method: 'POST' });
    await until(async () => (await kept()) !== untouched, { deadlineMs: 10_000, what: 'the message at its node' });
    await house.kill('compartment:tab');
    await until(async () => (await reports()).length > before, { deadlineMs: 10_000, what: 'the report' });
    const report = (await reports()).at(-1);
    equal(report?.reason, 'signal');
    match(report?.message?.preview ?? '', /"payload":\{"n":3\}/);
  });

  it('does not hold a credential, nor does a file, and what lacks one is not sent again', async () => {
    await startAfresh();
    const report = await crash('leaks');
    equal(report.message?.redacted, true);
    equal((await ask('POST', `${report.id}/resend`)).status, 409);
    const folder = path.join(house.home, 'crashes');
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const file of files.filter((entry) => entry.isFile())) {
      const text = await readFile(path.join(file.parentPath, file.name), 'utf8');
      ok(!text.includes(secret), file.name);
    }
  });

  it('outlives the supervisor', async () => {
    const known = await reports();
    await house.kill('supervisor');
    await until(async () => (await house.request('/readyz')).ok, { deadlineMs: 30_000, what: 'another supervisor' });
    deepEqual(await reports(), known);
  });

  it('sends its message again to the node that held it, and can be deleted', async () => {
    await startAfresh();
    const report = (await reports()).find(({ message }) => message?.nodeId === 'keeps');
    const id = report?.id ?? '';
    const before = await kept();
    equal((await ask('POST', `${id}/resend`)).status, 202);
    await until(async () => (await kept()) !== before, { deadlineMs: 10_000, what: 'the message at its node' });

    equal((await ask('POST', 'none/resend')).status, 404);
    equal((await ask('DELETE', id)).status, 200);
    equal((await ask('DELETE', id)).status, 404);
    equal((await ask('GET', `${id}/message`)).status, 404);
    ok(!(await reports()).some((other) => other.id === id));

    await house.request('/bulkhead/compartments/tab/stop', { method: 'POST' });
    await until(async () => (await house.compartmentOfTab('Tab')).state === 'stopped', {
      deadlineMs: 20_000,
      what: 'down',
    });
    const [other] = await reports();
    equal((await ask('POST', `${other?.id}/resend`)).status, 409);
  });
});

describe('A palette that ends its process or hangs while it is loaded', function () {
  this.timeout(90_000);
  let house: Bulkhead;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'bulkhead-stuck-'));
    const inCompartment = "if (process.argv[1].includes('compartment'))";
    for (const [name, does] of [
      ['ends', 'process.exit(0)'],
      ['hangs', 'for (;;);'],
    ] as const) {
      const module = path.join(folder, 'node_modules', `node-red-contrib-${name}`);
      await mkdir(module, { recursive: true });
      const manifest = {
        name: `node-red-contrib-${name}`,
        version: '1.0.0',
        'node-red': { nodes: { [name]: 'a.js' } },
      };
      await writeFile(path.join(module, 'package.json'), JSON.stringify(manifest));
      await writeFile(path.join(module, 'a.html'), `<script>RED.nodes.registerType('${name}', {});</script>`);
      const registers = `RED.nodes.registerType('${name}', function (c) { RED.nodes.createNode(this, c); });`;
      await writeFile(
        path.join(module, 'a.js'),
        `module.exports = (RED) => { ${inCompartment} ${does}; ${registers} };`,
      );
    }
    house = await startBulkhead({
      settings: `plant: {enabled: false}\npalettes: [${folder}]\nlimits: {hangMs: 2000}\n`,
      flows: ['ends', 'hangs'].flatMap((name) => [
        { id: `t-${name}`, type: 'tab', label: name },
        { ...node(`n-${name}`, name), z: `t-${name}` },
      ]),
    });
  });
  after(async () => {
    await house?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  for (const [name, detail] of [
    ['ends', /^a node called process\.exit\(0\), while loading node-red-contrib-ends$/],
    ['hangs', /^no sign of life for [\d.]+ s, while loading node-red-contrib-hangs$/],
  ] as const) {
    it(`is named: ${name}`, async () => {
      const exit = await until(async () => (await house.compartmentOfTab(name)).lastExit ?? undefined, {
        deadlineMs: 60_000,
        what: 'its end',
      });
      match(exit.detail, detail);
      equal(exit.nodeId, undefined);
    });
  }
});
