import assert from 'node:assert/strict';
import { type CompartmentUnderTest, debug, func, inject, startCompartment, tab } from '../support/compartment.ts';
import { until } from '../support/until.ts';

describe('a compartment', function () {
  this.timeout(30_000);
  let compartment: CompartmentUnderTest;
  afterEach(() => compartment.close());

  it('runs its slice, takes an inject and shows the debug message', async () => {
    compartment = await startCompartment();
    const flows = [
      tab('t1'),
      inject('in', 't1', ['fn']),
      func('fn', 't1', 'msg.payload = msg.payload.toUpperCase(); return msg;', ['out']),
      debug('out', 't1'),
    ];
    await compartment.run(compartment.slice(flows));
    assert.equal(await compartment.inject('in'), 200);
    const event = await until(
      () => compartment.supervisor.events().find((e) => e.name === 'comms' && e.payload.topic === 'debug'),
      { deadlineMs: 5000, what: 'the debug message' },
    );
    assert.ok(event.name === 'comms');
    assert.equal(JSON.parse(JSON.stringify(event.payload.data)).msg, 'HELLO');
    assert.equal(await compartment.inject('nobody'), 404);
  });
});
