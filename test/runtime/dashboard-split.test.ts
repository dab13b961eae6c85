import assert from 'node:assert/strict';
import { dial } from '../../packages/runtime/src/protocol/dial.ts';
import { type FlowNode, protocolVersion } from '../../packages/runtime/src/protocol/messages.ts';
import type { Tagged } from '../../packages/runtime/src/protocol/peer.ts';
import { deriveToken } from '../../packages/runtime/src/protocol/token.ts';
import { coreSet, func, inject, linkSecret, tab } from '../support/compartment.ts';
import { button, dashboard, uiText } from '../support/dashboard-flow.ts';
import { dashboardSets } from '../support/dashboard-sets.ts';
import { type LinkedCompartments, startLinked } from '../support/linked-compartments.ts';
import { until } from '../support/until.ts';

/** A widget of a third party: whatever names a group of the dashboard. */
const custom = (id: string, z: string, code: string, to: string[], more: Record<string, unknown> = {}): FlowNode =>
  func(id, z, code, to, { group: 'dash-group', ...more });
const at = (z: string) => ({ z, x: 1, y: 1 });
/** Makes the dashboard one of several tabs. */
const other = [tab('other'), uiText('other-text', 'other')];

describe('widgets that run with their dashboard', function () {
  this.timeout(60_000);
  let linked: LinkedCompartments;
  afterEach(() => linked.close());
  const start = async (...flows: FlowNode[]): Promise<void> => {
    const sets = [...dashboardSets(), ...['complete', 'status'].map(coreSet)];
    linked = await startLinked([...flows, ...other, ...dashboard()], [], sets);
  };

  it('take messages from the functions of their tab and give them back in order, with id and client', async () => {
    await start(
      tab('a'),
      inject('press', 'a', ['flood']),
      func(
        'flood',
        'a',
        `for (let i = 0; i < 3000; i++) node.send({ payload: i, _client: { i } });
         flow.set("id", msg._msgid);`,
        ['text'],
      ),
      uiText('text', 'a', ['second']),
      uiText('second', 'a', ['keep']),
      func(
        'keep',
        'a',
        `const seen = context.get("seen") ?? 0;
         if (msg.payload !== seen || msg._msgid !== flow.get("id") || msg._client.i !== seen) flow.set("wrong", msg);
         context.set("seen", seen + 1);
         if (seen === 2999) flow.set("done", env.get("NR_FLOW_NAME"));`,
      ),
    );
    assert.notEqual(linked.tab('a').process.child.pid, linked.tab('dash').process.child.pid);
    await linked.tab('a').inject('press');
    assert.equal(await linked.eventually('a', 'done', 20_000), 'a');
    assert.equal(await linked.flowValue('a', 'wrong'), undefined);
    await until(() => linked.links('a').sent === 3000 && linked.links('dash').sent === 3000, {
      deadlineMs: 5000,
      what: '3000 messages out and 3000 back: from widget to widget is no way out',
    });
  });

  it('see the environment of their tab and group, and keep their own context', async () => {
    const env = (name: string, value: string) => [{ name, value, type: 'str' }];
    await start(
      { ...tab('a'), env: env('LINE', 'seven') },
      { id: 'group', type: 'group', z: 'a', name: 'g', env: env('CELL', 'two'), nodes: ['widget'], x: 1, y: 1 },
      inject('press', 'a', ['widget']),
      custom(
        'widget',
        'a',
        `const n = (context.get("n") ?? 0) + 1; context.set("n", n);
         msg.payload = [env.get("LINE"), env.get("CELL"), env.get("NR_FLOW_ID"), env.get("NR_FLOW_NAME"), n]; return msg;`,
        ['keep'],
        { g: 'group' },
      ),
      func('keep', 'a', 'flow.set("got" + msg.payload[4], msg.payload.join());'),
    );
    await linked.tab('a').inject('press');
    assert.equal(await linked.eventually('a', 'got1'), 'seven,two,a,a,1');
    await linked.tab('a').inject('press');
    assert.equal(await linked.eventually('a', 'got2'), 'seven,two,a,a,2');
  });

  it('are covered by the catch, status and complete nodes of their tab', async () => {
    await start(
      tab('a'),
      inject('press', 'a', ['widget']),
      custom(
        'widget',
        'a',
        'node.status({ text: "seen" }); node.error(new Error("no " + msg.payload), msg); return msg;',
        [],
      ),
      { ...at('a'), id: 'catch', type: 'catch', name: 'c', scope: null, uncaught: false, wires: [['caught']] },
      { ...at('a'), id: 'late', type: 'catch', name: 'l', scope: null, uncaught: true, wires: [['late-caught']] },
      { ...at('a'), id: 'status', type: 'status', name: 's', scope: ['widget'], wires: [['shown']] },
      { ...at('a'), id: 'complete', type: 'complete', name: 'd', scope: ['widget'], wires: [['completed']] },
      func(
        'caught',
        'a',
        'flow.set("caught", [msg.error.message, msg.error.source.id, msg.error.source.count, msg.payload].join());',
      ),
      func('late-caught', 'a', 'flow.set("late", true);'),
      func('shown', 'a', 'flow.set("shown", [msg.status.text, msg.status.source.id].join());'),
      func('completed', 'a', 'flow.set("completed", [msg.complete.source.id, msg.payload].join());'),
    );
    await linked.tab('a').inject('press');
    assert.equal(await linked.eventually('a', 'caught'), 'Error: no hello,widget,1,hello');
    assert.equal(await linked.eventually('a', 'shown'), 'seen,widget');
    assert.equal(await linked.eventually('a', 'completed'), 'widget,hello');
    assert.equal(await linked.flowValue('a', 'late'), undefined, 'the error was caught already');
  });

  it('go with the whole subflow instance that they stand in', async () => {
    await start(
      tab('a'),
      inject('press', 'a', ['instance']),
      {
        ...at('a'),
        id: 'instance',
        type: 'subflow:sub',
        name: 'i',
        env: [{ name: 'WHO', value: 'me', type: 'str' }],
        wires: [['keep']],
      },
      {
        id: 'sub',
        type: 'subflow',
        name: 'sub',
        in: [{ x: 1, y: 1, wires: [{ id: 'inner' }] }],
        out: [{ x: 1, y: 1, wires: [{ id: 'inner', port: 0 }] }],
        env: [{ name: 'WHO', type: 'str', value: '' }],
      },
      func('inner', 'sub', 'msg.payload += env.get("WHO"); node.error("inside", msg); return msg;', ['inner-text']),
      uiText('inner-text', 'sub'),
      { ...at('a'), id: 'catch', type: 'catch', name: 'c', scope: null, uncaught: false, wires: [['caught']] },
      func('caught', 'a', 'flow.set("caught", msg.error.message);'),
      func('keep', 'a', 'flow.set("got", msg.payload);'),
    );
    await linked.tab('a').inject('press');
    assert.equal(await linked.eventually('a', 'got'), 'hellome');
    assert.equal(await linked.eventually('a', 'caught'), 'inside');
  });

  it('wait for a tab that was killed, and the tab for them, with what they have for each other', async () => {
    await start(
      tab('a'),
      inject('press', 'a', ['text']),
      uiText('text', 'a', ['count']),
      func(
        'count',
        'a',
        'flow.set("n", (flow.get("n") ?? 0) + 1, "memory"); flow.set("last", msg.payload + flow.get("n"));',
      ),
      // Its input comes from a tab that lives.
      tab('b'),
      inject('far', 'b', ['b-text']),
      uiText('b-text', 'b', ['b-keep']),
      func('b-keep', 'b', 'flow.set("got", msg.payload);'),
    );
    await linked.tab('a').inject('press');
    assert.equal(await linked.eventually('a', 'last'), 'hello1');
    await linked.kill('a');
    await linked.tab('b').inject('far');
    assert.equal(await linked.eventually('b', 'got'), 'hello', 'the dashboard works on');
    await linked.start('a');
    await linked.tab('a').inject('press');
    assert.equal(await linked.eventually('a', 'last'), 'hello1', 'a new life of the tab, wired as before');

    await linked.kill('dash');
    await linked.tab('a').inject('press');
    await linked.tab('a').inject('press');
    await until(() => linked.links('a').queued === 2, { deadlineMs: 5000, what: 'two messages that wait' });
    const waiting = () => linked.tab('a').statuses()['text'];
    await until(() => waiting() === '2 waiting', { deadlineMs: 5000, what: 'a status at the widget that says so' });
    await linked.start('dash');
    await until(async () => (await linked.flowValue('a', 'last')) === 'hello3', {
      deadlineMs: 10_000,
      what: 'both came back',
    });
    await until(() => waiting() === '', { deadlineMs: 5000, what: 'the status to be gone' });
  });

  it('let in what is wired to them, and nothing else', async () => {
    await start(
      tab('a'),
      inject('press', 'a', ['work']),
      func('work', 'a', 'return msg;', ['click']),
      button('click', 'a', ['keep'], { emulateClick: true }),
      func('keep', 'a', 'flow.set("clicked", msg.payload);'),
      func('inside', 'a', 'flow.set("inside", true);'),
    );
    // In its place, or the two would turn each other out.
    await linked.kill('dash');
    const token = deriveToken(linkSecret, 'dash');
    const connection = dial<Tagged, Tagged>(
      { path: linked.linkSocket('a') },
      {
        hello: () => ({ type: 'hello', protocol: protocolVersion, role: 'compartment', id: 'dash', token, pid: 1 }),
        onOpen: (peer) => {
          for (const to of ['inside', 'work', 'keep'])
            peer.send({ type: 'link', ...{ to, msg: { payload: 'forged' } } });
        },
        onMessage: () => {},
      },
    );
    try {
      assert.equal(await linked.eventually('a', 'clicked'), 'forged');
      assert.equal(await linked.flowValue('a', 'inside'), undefined);
      await until(() => linked.links('a').dropped === 2, {
        deadlineMs: 5000,
        what: 'two messages that were not let in',
      });
    } finally {
      connection.close();
    }
    await linked.start('dash');
    await linked.tab('a').inject('press');
    await until(async () => (await linked.flowValue('a', 'clicked')) === 'clicked', {
      deadlineMs: 10_000,
      what: 'the button',
    });
  });
});
