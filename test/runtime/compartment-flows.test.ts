import assert from 'node:assert/strict';
import {
  type CompartmentUnderTest,
  coreSet,
  debug,
  func,
  inject,
  startCompartment,
  tab,
  testNode,
  testSet,
} from '../support/compartment.ts';
import { until } from '../support/until.ts';

const within = { deadlineMs: 5000 };

describe('a compartment with its flows', function () {
  this.timeout(30_000);
  let compartment: CompartmentUnderTest;
  const status = (id: string, text: string): Promise<unknown> =>
    until(() => compartment.statuses()[id] === text, { ...within, what: `${id} says ${text}` });
  const debugMessage = (text: string): Promise<unknown> =>
    until(() => compartment.debugMessages().includes(text), { ...within, what: `debug message ${text}` });

  beforeEach(async () => {
    compartment = await startCompartment();
  });
  afterEach(() => compartment.close());

  it('takes an inject and shows the debug message', async () => {
    const shout = func('fn', 't1', 'msg.payload = msg.payload.toUpperCase(); return msg;', ['out']);
    await compartment.run(compartment.slice([tab('t1'), inject('in', 't1', ['fn']), shout, debug('out', 't1')]));
    assert.equal(await compartment.inject('in'), 200);
    await debugMessage('HELLO');
    assert.equal(await compartment.inject('nobody'), 404);
    assert.equal(compartment.debugMessages().length, 1);
  });

  it('switches a debug node off and on', async () => {
    await compartment.run(compartment.slice([tab('t1'), inject('in', 't1', ['out']), debug('out', 't1')]));
    const toggle = (state: string): Promise<unknown> =>
      compartment.supervisor.call((callId) => ({
        type: 'admin-request',
        callId,
        request: { method: 'POST', url: `/debug/${state}`, headers: {}, body: { nodes: ['out'] } },
      }));
    await toggle('disable');
    await compartment.inject('in');
    await toggle('enable');
    await compartment.inject('in');
    await debugMessage('hello');
    assert.equal(compartment.debugMessages().length, 1);
  });

  it('answers a third-party admin route that names its node', async () => {
    await compartment.run(compartment.slice([tab('t1'), testNode('test-lives', 'n1', 't1')]));
    const answer = await compartment.supervisor.call((callId) => ({
      type: 'admin-request',
      callId,
      request: { method: 'GET', url: '/test-palette/n1/who', headers: {} },
    }));
    assert.ok(typeof answer === 'object' && answer !== null && 'body' in answer && answer.body instanceof Uint8Array);
    const { pid } = compartment.process.child;
    assert.deepEqual(JSON.parse(Buffer.from(answer.body).toString()), { name: 'n1', pid });
  });

  it('restarts only the nodes that a deploy changed', async () => {
    const before = [tab('t1'), testNode('test-lives', 'a', 't1'), testNode('test-lives', 'b', 't1')];
    await compartment.run(compartment.slice(before));
    await status('b', 'life 2');
    await compartment.run(
      compartment.slice([
        tab('t1'),
        testNode('test-lives', 'a', 't1'),
        testNode('test-lives', 'b', 't1', { name: 'other' }),
      ]),
      'nodes',
    );
    await status('b', 'life 3');
    assert.equal(compartment.statuses()['a'], 'life 1');
    await compartment.run(compartment.slice(before), 'full');
    await status('a', 'life 4');
  });

  it('restarts a node whose credentials alone have changed, and no other', async () => {
    const flows = [tab('t1'), testNode('test-secret', 's', 't1'), testNode('test-lives', 'a', 't1')];
    await compartment.run(compartment.slice(flows, { credentials: { s: { secret: 'old' } } }));
    await status('s', 'secret old');
    await compartment.run(compartment.slice(flows, { credentials: { s: { secret: 'new' } } }), 'nodes');
    await status('s', 'secret new');
    await compartment.run(compartment.slice(flows, { credentials: {} }), 'nodes');
    await status('s', 'secret undefined');
    assert.equal(compartment.statuses()['a'], 'life 1');
  });

  it('loads a node set that a deploy needs while the other nodes live on', async () => {
    const palette = [coreSet('inject'), testSet];
    await compartment.run(
      compartment.slice([tab('t1'), testNode('test-lives', 'a', 't1'), inject('in', 't1', [])], { palette }),
    );
    await compartment.run(
      compartment.slice(
        [
          tab('t1'),
          testNode('test-lives', 'a', 't1'),
          inject('in', 't1', ['fn']),
          func('fn', 't1', 'return msg', ['out']),
          debug('out', 't1'),
        ],
        { palette: [...palette, coreSet('function'), coreSet('debug')] },
      ),
      'nodes',
    );
    await compartment.inject('in');
    await debugMessage('hello');
    assert.equal(compartment.statuses()['a'], 'life 1');
  });

  it('asks for a restart when the code of a loaded node has moved', async () => {
    await compartment.run(compartment.slice([tab('t1'), testNode('test-lives', 'a', 't1')]));
    const moved = { ...testSet, file: testSet.file.replace('test-nodes', 'other-nodes') };
    const slice = compartment.slice([tab('t1'), testNode('test-lives', 'a', 't1')], { palette: [moved] });
    compartment.supervisor.send({ type: 'slice', slice, deployType: 'nodes' });
    assert.equal((await compartment.process.exited).code, 0);
    assert.match(compartment.process.lastWords()?.detail ?? '', /asks for a restart/);
  });

  it('says which types are missing and starts once they are there', async () => {
    const flows = [tab('t1'), testNode('test-lives', 'a', 't1')];
    await compartment.run(compartment.slice(flows, { palette: [] }));
    const ready = await compartment.supervisor.next('ready');
    assert.deepEqual(ready.missingTypes, ['test-lives']);
    assert.match(ready.problems[0]?.message ?? '', /test-lives/);
    await compartment.run(compartment.slice(flows), 'nodes');
    await status('a', 'life 1');
  });

  it('says which tabs and subflow instances could not be started, though Node-RED says that all run', async () => {
    const subflow = { id: 'sub', type: 'subflow', name: 'Sub', in: [], out: [] };
    const instance = { id: 'i1', type: 'subflow:sub', z: 't1', name: 'Line 4', x: 1, y: 1, wires: [] };
    const flows = (env: readonly unknown[]) => [
      tab('t1'),
      { ...tab('t2'), label: 'Filling', env },
      { ...subflow, env },
      instance,
      testNode('test-lives', 'a', 't1'),
      testNode('test-lives', 'b', 't2'),
    ];
    await compartment.run(compartment.slice(flows([null])));
    const { problems } = await compartment.supervisor.next('ready');
    assert.deepEqual(
      problems.map(({ kind, names, nodeId }) => ({ kind, names, nodeId })),
      [
        { kind: 'subflow-not-started', names: 'Line 4', nodeId: 'i1' },
        { kind: 'tab-not-started', names: 'Filling', nodeId: 't2' },
      ],
    );
    assert.match(problems[1]?.message ?? '', /^tab "Filling" was not started: .*null/);
    await status('a', 'life 1');
    assert.equal(compartment.statuses()['b'], undefined);
    const from = compartment.supervisor.messages.length;
    await compartment.run(compartment.slice(flows([])), 'full');
    assert.deepEqual((await compartment.supervisor.next('ready', from)).problems, []);
    await status('b', 'life 3');
  });

  it('keeps an exception of an input handler an error of its node', async () => {
    const flows = [tab('t1'), inject('in', 't1', ['fn']), func('fn', 't1', 'throw new Error("of the node")')];
    await compartment.run(compartment.slice(flows, { palette: [coreSet('inject'), coreSet('function')] }));
    await compartment.inject('in');
    await until(() => compartment.debugMessages().some((message) => String(message).includes('of the node')), {
      ...within,
      what: 'the error in the sidebar',
    });
    assert.equal(compartment.process.child.exitCode, null);
  });

  it('shows what a node warned of while it was made, without a debug node to see to it', async () => {
    const flows = [tab('t1'), func('fn', 't1', '', [], { initialize: 'node.warn("while it was made");' })];
    await compartment.run(compartment.slice(flows, { palette: [coreSet('function')] }));
    await until(() => compartment.debugMessages().some((message) => String(message).includes('while it was made')), {
      ...within,
      what: 'the warning in the sidebar',
    });
  });

  it('formats a date with the time zones of JSONata, though that module is loaded at its first use only', async () => {
    const zoned = '$moment("2024-07-01T12:00:00Z").tz("Europe/Berlin").format("HH:mm")';
    const flows = [
      tab('t1'),
      inject('in', 't1', ['out'], { props: [{ p: 'payload', v: zoned, vt: 'jsonata' }] }),
      debug('out', 't1'),
    ];
    await compartment.run(compartment.slice(flows));
    await compartment.inject('in');
    await debugMessage('14:00');
  });

  it('answers for its context', async () => {
    const store = func('fn', 't1', 'flow.set("seen", msg.payload); return msg;', ['out']);
    await compartment.run(compartment.slice([tab('t1'), inject('in', 't1', ['fn']), store, debug('out', 't1')]));
    await compartment.inject('in');
    await debugMessage('hello');
    const value = await compartment.supervisor.call((callId) => ({
      type: 'context',
      callId,
      request: { operation: 'get', scope: 'flow', id: 't1', key: 'seen' },
    }));
    assert.deepEqual(value, { msg: 'hello', format: 'string[5]' });
  });
});
