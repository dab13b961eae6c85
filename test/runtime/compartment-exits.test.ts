import assert from 'node:assert/strict';
import { type CompartmentUnderTest, func, inject, startCompartment, tab, testNode } from '../support/compartment.ts';
import { until } from '../support/until.ts';

describe('the end of a compartment names its reason and its node', function () {
  this.timeout(30_000);
  let compartment: CompartmentUnderTest;
  beforeEach(async () => {
    compartment = await startCompartment();
  });
  afterEach(() => compartment.close());

  const cases = [
    {
      name: 'a rejection in a function node',
      node: func('bad', 't1', 'Promise.reject(new Error("nobody waits"))'),
      reason: 'unhandled-rejection',
      detail: /nobody waits/,
    },
    {
      name: 'an exception in a timer of a node',
      node: testNode('test-crash', 'bad', 't1', { how: 'throw' }),
      reason: 'uncaught-exception',
      detail: /thrown on purpose .*test-nodes\.js/,
    },
    {
      name: 'a rejection in a timer of a node',
      node: testNode('test-crash', 'bad', 't1', { how: 'reject' }),
      reason: 'unhandled-rejection',
      detail: /rejected on purpose/,
    },
    {
      name: 'process.exit in a timer of a node',
      node: testNode('test-crash', 'bad', 't1', { how: 'exit' }),
      reason: 'exit',
      detail: /process\.exit\(7\)/,
      code: 7,
    },
    {
      name: 'process.exit in a function node that imports process',
      node: func('bad', 't1', 'process.exit(3)', [], { libs: [{ var: 'process', module: 'process' }] }),
      reason: 'exit',
      detail: /process\.exit\(3\)/,
      code: 3,
    },
  ];
  for (const { name, node, reason, detail, code = 1 } of cases) {
    it(`${name}: ${reason}`, async () => {
      const other = func('good', 't1', 'return msg');
      await compartment.run(
        compartment.slice([tab('t1'), inject('in', 't1', ['bad']), node, inject('in2', 't1', ['good']), other]),
      );
      void compartment.inject('in').catch(() => {});
      void compartment.inject('in2').catch(() => {});
      assert.equal((await compartment.process.exited).code, code);
      const words = compartment.process.lastWords();
      assert.equal(words?.reason, reason);
      assert.equal(words?.nodeId, 'bad');
      assert.match(words?.detail ?? '', detail);
    });
  }

  const strange = [
    ['an object without a prototype', 'Object.create(null)', /\[Object: null prototype\] \{\}/],
    ['an object whose text throws', '({ toString() { throw new Error("no text") }, code: 42 })', /code: 42/],
    [
      'an error whose stack throws',
      'Object.defineProperty(new Error("x"), "stack", { get() { throw 1 } })',
      /Error: x/,
    ],
    [
      'an object that throws whatever is asked of it',
      'new Proxy({}, { get() { throw 1 }, ownKeys() { throw 1 }, has() { throw 1 }, getPrototypeOf() { throw 1 } })',
      /./,
    ],
    [
      'a plain object',
      '({ code: 42, what: "recipe missing" })',
      /thrown value: \{ code: 42, what: 'recipe missing' \}/,
    ],
  ] as const;
  for (const [what, value, detail] of strange) {
    for (const [how, reason] of [
      [`Promise.reject(${value})`, 'unhandled-rejection'],
      [`process.nextTick(() => { throw ${value} })`, 'uncaught-exception'],
    ] as const) {
      it(`${what}: ${reason}`, async () => {
        const libs = [{ var: 'process', module: 'process' }];
        const flows = [tab('t1'), inject('in', 't1', ['bad']), func('bad', 't1', how, [], { libs })];
        await compartment.run(compartment.slice(flows));
        void compartment.inject('in').catch(() => {});
        assert.equal((await compartment.process.exited).code, 1);
        const words = compartment.process.lastWords();
        assert.deepEqual([words?.reason, words?.nodeId], [reason, 'bad']);
        assert.match(words?.detail ?? '', detail);
      });
    }
  }

  it('a credential in an exception: neither in the reason nor in the log', async () => {
    const password = 'p4ss/w"rd';
    const text = JSON.stringify(`connect mqtt://plc:${encodeURIComponent(password)}@10.0.0.1 ${password}`);
    const flows = [tab('t1'), inject('in', 't1', ['bad']), func('bad', 't1', `Promise.reject(new Error(${text}))`)];
    await compartment.run(compartment.slice(flows, { credentials: { other: { user: 'plc', password } } }));
    void compartment.inject('in').catch(() => {});
    await compartment.process.exited;
    const said = `${compartment.process.lastWords()?.detail} ${compartment.process.output()}`;
    assert.match(said, /connect mqtt:\/\/plc:••••@10\.0\.0\.1 ••••/);
    assert.ok(!said.includes('p4ss'), said);
  });

  it('a signal from outside: that signal, and no node', async () => {
    const flows = [tab('t1'), inject('in', 't1', ['good']), func('good', 't1', 'return msg')];
    await compartment.run(compartment.slice(flows));
    await compartment.inject('in');
    compartment.process.child.kill('SIGTERM');
    assert.equal((await compartment.process.exited).code, 0);
    const words = compartment.process.lastWords();
    assert.deepEqual(words, { reason: 'signal', detail: 'ended from outside by SIGTERM' });
  });

  it('an exception in what a constructor started: the node, though it never received a message', async () => {
    const flows = [
      tab('t1'),
      testNode('test-crash', 'bad', 't1', { how: 'throw', when: 'constructed' }),
      testNode('test-lives', 'good', 't1'),
    ];
    await compartment.supervisor.connected();
    compartment.supervisor.send({ type: 'slice', slice: compartment.slice(flows), deployType: 'load' });
    await compartment.process.exited;
    assert.equal(compartment.process.lastWords()?.nodeId, 'bad');
  });

  it('an exception in what a close handler started: the node, though another was made meanwhile', async () => {
    const bad = testNode('test-crash', 'bad', 't1', { how: 'throw', when: 'closed' });
    await compartment.run(compartment.slice([tab('t1'), bad]));
    const slice = compartment.slice([tab('t1'), testNode('test-lives', 'good', 't1')]);
    compartment.supervisor.send({ type: 'slice', slice, deployType: 'nodes' });
    await compartment.process.exited;
    const words = compartment.process.lastWords();
    assert.deepEqual([words?.reason, words?.nodeId], ['uncaught-exception', 'bad']);
  });

  for (const when of ['constructed', 'closed']) {
    it(`a node that never returns while it is ${when}: it is told as the one`, async () => {
      const flows = [tab('t1'), testNode('test-lives', 'good', 't1'), testNode('test-spin', 'bad', 't1', { when })];
      await compartment.supervisor.connected();
      compartment.supervisor.send({ type: 'slice', slice: compartment.slice(flows), deployType: 'load' });
      if (when === 'closed') {
        await compartment.supervisor.next('ready');
        assert.equal(compartment.process.entered.at(-1), '', 'its nodes are made');
        const slice = compartment.slice(flows.slice(0, 2));
        compartment.supervisor.send({ type: 'slice', slice, deployType: 'nodes' });
      }
      await until(() => compartment.process.entered.at(-1) === 'bad', { deadlineMs: 5000, what: 'that it is entered' });
    });
  }

  it('a node that never returns: its beat is the last one', async () => {
    await compartment.run(
      compartment.slice([tab('t1'), inject('in', 't1', ['bad']), testNode('test-spin', 'bad', 't1')]),
    );
    void compartment.inject('in').catch(() => {});
    await until(() => compartment.process.beats.at(-1) === 'bad', {
      deadlineMs: 5000,
      what: 'the beat of the spinning node',
    });
  });

  it('boot data that cannot be used: startup-failed', async () => {
    const broken = await startCompartment({ boot: { token: '' } });
    try {
      assert.equal((await broken.process.exited).code, 1);
      assert.deepEqual(broken.process.lastWords(), {
        reason: 'startup-failed',
        detail: 'boot data of a compartment lacks "token"',
      });
    } finally {
      await broken.close();
    }
  });

  it('a clean stop: says that it was asked to, code 0, within the deadline though a node does not close', async () => {
    await compartment.run(compartment.slice([tab('t1'), testNode('test-slow-close', 'slow', 't1', { ms: 60_000 })]));
    const asked = Date.now();
    compartment.supervisor.send({ type: 'stop', deadlineMs: 500 });
    assert.equal((await compartment.process.exited).code, 0);
    assert.ok(Date.now() - asked < 3000);
    assert.deepEqual(compartment.process.lastWords(), { reason: 'exit', detail: 'ended as it was asked to' });
  });

  it('the keeper gone: it ends by itself', async () => {
    await compartment.run(compartment.slice([tab('t1')]));
    compartment.process.child.stdio[4]?.destroy();
    await compartment.process.exited;
  });
});
