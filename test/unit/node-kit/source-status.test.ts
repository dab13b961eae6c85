import { deepEqual } from 'node:assert/strict';
import { createManualClock } from '@bulkhead/core';
import { createTraffic, renderSource, type SourceView } from '@bulkhead/node-kit';

const words = (key: string, values: object = {}): string =>
  `${key.split('.').at(-1)}${Object.values(values)
    .map((value) => ` ${String(value)}`)
    .join('')}`;
const receiving = { kind: 'receiving', tags: 120, perSecond: 35.4, ageMs: 200, isAlive: true, troubles: [] } as const;

describe('Status of a reading node', () => {
  const table: Array<[string, SourceView, [string, string, string]]> = [
    ['configured wrong', { kind: 'not-configured' }, ['red', 'ring', 'x.status.notConfigured']],
    ['without a connection', { kind: 'not-connected' }, ['grey', 'ring', 'x.status.noConnection']],
    ['connecting', { kind: 'connecting' }, ['yellow', 'ring', 'x.status.connecting']],
    ['waiting to retry', { kind: 'retrying', retryInMs: 2_600 }, ['yellow', 'ring', 'retrying 3']],
    ['receiving', receiving, ['green', 'dot', 'tags 120, rate 35']],
    ['receiving slowly', { ...receiving, tags: 1, perSecond: 0.5 }, ['green', 'dot', 'oneTag 1, rate 0.5']],
    [
      'receiving from one of several',
      { ...receiving, where: 'plc-b:4840' },
      ['green', 'dot', 'tags 120, rate 35, plc-b:4840'],
    ],
    [
      'receiving with bad tags',
      { ...receiving, troubles: [{ key: 'bad', count: 3 }] },
      ['yellow', 'dot', 'tags 120, rate 35, bad 3'],
    ],
    ['silent but alive', { ...receiving, ageMs: 12_400 }, ['green', 'dot', 'tags 120, lastValue 12 s']],
    ['silent', { ...receiving, ageMs: 600_000, isAlive: false }, ['yellow', 'dot', 'tags 120, lastValue 10 min']],
    [
      'connected without a value',
      { kind: 'receiving', tags: 1, perSecond: 0, isAlive: true, troubles: [] },
      ['yellow', 'dot', 'x.status.noValue'],
    ],
    ['stopped', { kind: 'stopped' }, ['grey', 'dot', 'x.status.stopped']],
  ];
  for (const [what, view, [fill, shape, text]] of table) {
    it(`that is ${what}: ${fill} ${shape}`, () => deepEqual(renderSource('x', view, words), { fill, shape, text }));
  }
});

describe('Traffic', () => {
  it('counts a rate, an age and recent troubles', () => {
    const clock = createManualClock(0);
    const traffic = createTraffic(clock);
    deepEqual([traffic.ageMs(), traffic.perSecond()], [undefined, 0]);
    for (let second = 0; second < 4; second += 1) {
      clock.advance(1_000);
      traffic.received(10);
    }
    deepEqual([traffic.perSecond(), traffic.ageMs()], [10, 0]);
    traffic.trouble('late', 2);
    clock.advance(30_000);
    traffic.trouble('late');
    deepEqual(traffic.recentTroubles(), [{ key: 'late', count: 3 }]);
    clock.advance(61_000);
    deepEqual([traffic.recentTroubles(), traffic.total('late')], [[], 3]);
    traffic.trouble('late');
    deepEqual(traffic.recentTroubles(), [{ key: 'late', count: 1 }]);
  });
});
