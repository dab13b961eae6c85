import assert from 'node:assert/strict';
import { type CompartmentUnderTest, startCompartment, tab, testNode } from '../support/compartment.ts';
import { until } from '../support/until.ts';

const within = { deadlineMs: 10_000 };

describe('a compartment and its supervisor', function () {
  this.timeout(30_000);
  let compartment: CompartmentUnderTest;
  beforeEach(async () => {
    compartment = await startCompartment();
  });
  afterEach(() => compartment.close());

  it('lives on without a supervisor, and tells a new one what runs and shows its dots again', async () => {
    const { supervisor } = compartment;
    const slice = await compartment.run(compartment.slice([tab('t1'), testNode('test-lives', 'a', 't1')]));
    await until(() => compartment.statuses()['a'] === 'life 1', { ...within, what: 'the first dot' });
    await supervisor.goDown();
    const from = supervisor.messages.length;
    await supervisor.comeBack();
    await supervisor.next('ready', from);
    assert.equal(supervisor.hellos.at(-1)?.running?.sliceHash, slice.hash);
    const dots = await supervisor.next('events', from);
    assert.deepEqual(
      dots.events.flatMap((event) => (event.name === 'node-status' ? [event.payload.id] : [])),
      ['a'],
    );
    assert.equal(supervisor.hellos[0]?.running, undefined);
    assert.equal(supervisor.hellos.at(-1)?.pid, supervisor.hellos[0]?.pid);
  });

  it('does not restart anything when it is given the slice that it runs', async () => {
    const slice = await compartment.run(compartment.slice([tab('t1'), testNode('test-lives', 'a', 't1')]));
    await compartment.run(slice, 'load');
    await compartment.run(
      compartment.slice([tab('t1'), testNode('test-lives', 'a', 't1'), testNode('test-lives', 'b', 't1')]),
      'load',
    );
    await until(() => compartment.statuses()['b'] === 'life 2', { ...within, what: 'the second node' });
    assert.equal(compartment.statuses()['a'], 'life 1');
  });

  it('reports its health every second', async () => {
    await compartment.run(compartment.slice([tab('t1')]));
    const telemetry = await compartment.supervisor.next('telemetry');
    assert.ok(telemetry.heapUsedBytes > 1e6 && telemetry.eventLoopP99Ms >= 0);
  });

  it('drains phase by phase and says whether a phase was completed', async () => {
    const { supervisor } = compartment;
    await compartment.run(
      compartment.slice([
        tab('t1'),
        testNode('test-drain', 'source', 't1', { phase: 'source', ms: 50 }),
        testNode('test-drain', 'sink', 't1', { phase: 'sink', ms: 60_000 }),
      ]),
    );
    const drain = async (phase: 'source' | 'relay' | 'sink', deadlineMs: number): Promise<boolean> => {
      const from = supervisor.messages.length;
      supervisor.send({ type: 'drain', phase, deadlineMs });
      return (await supervisor.next('drained', from)).complete;
    };
    assert.equal(await drain('source', 5000), true);
    await until(() => compartment.statuses()['source'] === 'drained source', { ...within, what: 'the source drained' });
    assert.equal(compartment.statuses()['sink'], undefined);
    assert.equal(await drain('relay', 5000), true);
    assert.equal(await drain('sink', 100), false);
  });
});
