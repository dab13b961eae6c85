import assert from 'node:assert/strict';
import { createManualClock, nextDelayMs, systemClock } from '@bulkhead/core';
import fc from 'fast-check';

describe('back-off', () => {
  const policy = { firstMs: 100, factor: 2, maxMs: 1000, jitter: 0 };

  it('grows by its factor up to its limit', () => {
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5].map((attempt) => nextDelayMs(policy, attempt, () => 0)),
      [100, 200, 400, 800, 1000, 1000],
    );
  });

  it('stays between the delay less its jitter and the delay, after any number of attempts', () => {
    const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(fc.nat(5000), unit, unit, (attempt, jitter, random) => {
        const delay = nextDelayMs(policy, attempt, () => 0);
        const jittered = nextDelayMs({ ...policy, jitter }, attempt, () => random);
        assert.ok(jittered <= delay && jittered >= delay * (1 - jitter));
      }),
    );
  });

  it('differs from one client to the next by its jitter', () => {
    const delays = [0, 0.5, 0.99].map((random) => nextDelayMs({ ...policy, jitter: 0.3 }, 1, () => random));
    assert.deepEqual(delays.map(Math.round), [200, 170, 141]);
  });

  it('that starts at once stays at once', () => {
    assert.equal(
      nextDelayMs({ ...policy, firstMs: 0 }, 5000, () => 0.5),
      0,
    );
  });
});

describe('the manual clock', () => {
  it('runs what is due in the order of its due times, each at its own time', () => {
    const clock = createManualClock(1000);
    const seen: string[] = [];
    const note = (what: string) => () => void seen.push(`${what}@${clock.now()}`);
    clock.setTimeout(note('late'), 30);
    clock.setTimeout(() => {
      note('early')();
      clock.setTimeout(note('nested'), 5);
    }, 10);
    const never = clock.setTimeout(note('never'), 20);
    clock.clearTimeout(never);
    clock.advance(29);
    assert.deepEqual(seen, ['early@1010', 'nested@1015']);
    assert.equal(clock.pending(), 1);
    clock.advance(1);
    assert.deepEqual(seen, ['early@1010', 'nested@1015', 'late@1030']);
    assert.equal(clock.now(), 1030);
  });
});

describe('the system clock', () => {
  it('calls when the time has come and not when it was cancelled', async () => {
    const cancelled = systemClock.setTimeout(() => assert.fail('was cancelled'), 0);
    systemClock.clearTimeout(cancelled);
    systemClock.clearTimeout(undefined);
    const before = systemClock.now();
    await new Promise<void>((resolve) => void systemClock.setTimeout(resolve, 5));
    assert.ok(systemClock.now() >= before);
  });
});
