import assert from 'node:assert/strict';
import {
  type CompartmentUnderTest,
  debug,
  func,
  inject,
  startCompartment,
  tab,
  testNode,
} from '../support/compartment.ts';
import { until } from '../support/until.ts';

const within = { deadlineMs: 10_000 };

describe('what a compartment tells the house is bounded', function () {
  this.timeout(30_000);
  let compartment: CompartmentUnderTest;
  afterEach(() => compartment.close());

  it('50,000 debug messages become 200 a second and a count of the others', async () => {
    compartment = await startCompartment();
    const flood = func('fn', 't1', 'for (let i = 0; i < 50000; i += 1) node.send({payload: String(i)});', ['out']);
    await compartment.run(compartment.slice([tab('t1'), inject('in', 't1', ['fn']), flood, debug('out', 't1')]));
    await compartment.inject('in');
    const counted = (): number =>
      compartment
        .debugMessages()
        .map((message) => Number(/^(\d+) debug messages dropped/.exec(String(message))?.[1] ?? 0))
        .reduce((sum, dropped) => sum + dropped, 0);
    const shown = (): number => compartment.debugMessages().filter((message) => /^\d+$/.test(String(message))).length;
    await until(() => counted() + shown() === 50_000, { ...within, what: 'all debug messages shown or counted' });
    assert.ok(shown() <= 200 * 10);
  });

  it('a status that changes 5,000 times is told a few times, the last one certainly', async () => {
    compartment = await startCompartment();
    await compartment.run(
      compartment.slice([tab('t1'), inject('in', 't1', ['s']), testNode('test-status-flood', 's', 't1')]),
    );
    await compartment.inject('in');
    await until(() => compartment.statuses()['s'] === '5000', { ...within, what: 'the last status' });
    const told = compartment.supervisor.events().filter((event) => event.name === 'node-status');
    assert.ok(told.length < 20, `${told.length} statuses`);
  });

  it('2,000 log lines become the limit and a count of the others', async () => {
    compartment = await startCompartment({ boot: { logLimitPerSecond: 100 } });
    await compartment.run(
      compartment.slice([tab('t1'), inject('in', 't1', ['l']), testNode('test-log-flood', 'l', 't1')]),
    );
    await compartment.inject('in');
    await until(() => /\d+ log lines dropped/.test(compartment.process.output()), {
      ...within,
      what: 'the count of dropped lines',
    });
    assert.ok(compartment.process.output().split('\n').length < 350);
  });

  it('beats in a flood stay within their budget', async () => {
    compartment = await startCompartment();
    const flood = func('fn', 't1', 'for (let i = 0; i < 50000; i += 1) node.send({payload: i});', ['a']);
    await compartment.run(
      compartment.slice([
        tab('t1'),
        inject('in', 't1', ['fn']),
        flood,
        func('a', 't1', 'return msg', ['b']),
        func('b', 't1', 'return null'),
      ]),
    );
    const before = compartment.process.beats.length;
    const started = Date.now();
    await compartment.inject('in');
    const seconds = (Date.now() - started) / 1000;
    assert.ok(
      compartment.process.beats.length - before < 300 + 1100 * (seconds + 1),
      `${compartment.process.beats.length} beats`,
    );
  });
});
