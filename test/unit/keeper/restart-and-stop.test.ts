import { deepEqual, equal } from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { afterEnd, servicePolicy, supervisorPolicy } from '../../../packages/runtime/src/keeper/back-off.ts';
import { createLineReader } from '../../../packages/runtime/src/keeper/lines.ts';
import { createLogRing } from '../../../packages/runtime/src/keeper/log-ring.ts';
import { readThrottled } from '../../../packages/runtime/src/keeper/throttle.ts';
import { until } from '../../support/until.ts';
import { defaultStopPlan, stopSteps } from '../../../packages/runtime/src/keeper/stop.ts';

describe('restarts by the keeper', () => {
  const delays = (policy: typeof servicePolicy, uptimes: readonly number[]): number[] => {
    let shortLives = 0;
    return uptimes.map((uptimeMs) => {
      const next = afterEnd(policy, shortLives, uptimeMs);
      shortLives = next.shortLives;
      return next.delayMs;
    });
  };

  it('come at once the first time, then later and later, then slowly, and never end', () => {
    deepEqual(delays(servicePolicy, [5, 5, 5, 5, 5, 5]), [0, 250, 500, 1000, 15_000, 15_000]);
  });

  it('are slow from the second time on when the child says that it is misconfigured', () => {
    deepEqual(
      [0, 1].map((before) => afterEnd(servicePolicy, before, 5, true).delayMs),
      [0, 15_000],
    );
  });

  it('start anew after a long life', () => {
    deepEqual(delays(servicePolicy, [5, 5, 60_000, 5, 5]), [0, 250, 0, 0, 250]);
  });

  it('of the supervisor leave the front away for a second at most until it keeps failing', () => {
    deepEqual(delays(supervisorPolicy, [5, 5, 5, 5]), [0, 250, 500, 1000]);
    equal(afterEnd(supervisorPolicy, 10, 5).slow, true);
  });
});

describe('the order of a stop', () => {
  const plan = { ...defaultStopPlan, services: ['postgres', 'broker', 'namespace', 'plant'] };
  const child = (name: string, role: 'supervisor' | 'editor' | 'service' | 'compartment') => ({ name, role });

  it('is editor, compartments together, services backwards one by one, supervisor', () => {
    const running = [
      child('supervisor', 'supervisor'),
      child('postgres', 'service'),
      child('broker', 'service'),
      child('namespace', 'service'),
      child('plant', 'service'),
      child('a', 'compartment'),
      child('editor', 'editor'),
      child('b', 'compartment'),
    ];
    deepEqual(
      stopSteps(plan, running).map(({ names }) => names),
      [['editor'], ['a', 'b'], ['plant'], ['namespace'], ['broker'], ['postgres'], ['supervisor']],
    );
  });

  it('leaves out who does not run', () => {
    deepEqual(
      stopSteps(plan, [child('broker', 'service')]).map(({ names }) => names),
      [['broker']],
    );
  });
});

describe('output of a child', () => {
  it('is cut into lines, whatever the chunks, and endless lines are cut', () => {
    const lines: string[] = [];
    const reader = createLineReader((line) => lines.push(line), 8);
    for (const chunk of ['ab', 'c\r\n\nd', 'é'.slice(0, 1), '\nxxxxxxxxxxxx', 'y']) reader.push(Buffer.from(chunk));
    reader.end();
    deepEqual(lines, ['abc', '', 'dé', 'xxxxxxxx', 'xxxxy']);
  });

  it('is read at a bounded rate until the child has ended', async () => {
    const pipe = new PassThrough({ highWaterMark: 1_000_000 });
    let read = 0;
    const throttled = readThrottled(pipe, 100_000, (chunk) => {
      read += chunk.length;
    });
    for (let n = 0; n < 100; n += 1) pipe.write(Buffer.alloc(1_000));
    await until(() => pipe.isPaused(), { deadlineMs: 2000, what: 'a pause' });
    equal(read < 100_000, true);
    throttled.release();
    await until(() => read === 100_000, { deadlineMs: 2000, what: 'the rest' });
  });

  it('is kept up to a bound, the newest last', () => {
    const ring = createLogRing(3, 1000);
    for (let n = 1; n <= 5; n += 1) ring.add({ at: n, stream: n % 2 === 0 ? 'stdout' : 'stderr', text: String(n) });
    deepEqual(
      ring.last(2).map(({ text }) => text),
      ['4', '5'],
    );
    deepEqual(ring.stderrSince(4, 10), ['5']);
    deepEqual(ring.last(0), []);
    ring.add({ at: 6, stream: 'stdout', text: 'x'.repeat(2000) });
    equal(ring.last(10).length, 1);
  });
});
