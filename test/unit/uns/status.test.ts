import assert from 'node:assert/strict';
import { BulkheadError, createManualClock, type Sample } from '@bulkhead/core';
import type { LinkState } from '../../../nodes/uns/src/broker-link.ts';
import { createOutageReport } from '../../../nodes/uns/src/uns-connection/outage-report.ts';
import { publishStatus } from '../../../nodes/uns/src/uns-publish/status.ts';
import { createSampleBatch } from '../../../nodes/uns/src/uns-subscribe/sample-batch.ts';
import { subscribeStatus } from '../../../nodes/uns/src/uns-subscribe/status.ts';

const problem = (code: string): BulkheadError => new BulkheadError(code, `words of ${code}`, { retryable: true });
const connected: LinkState = { kind: 'connected', protocolVersion: 5, receiveMaximum: 100, maximumPacketBytes: 1_000 };
const waiting: LinkState = { kind: 'waiting', retryInMs: 1_500, problem: problem('uns-unreachable') };
const counters = { accepted: 5, delivered: 3, dropped: 0, queued: 2, refused: 0 };
const words = (key: string, values: object = {}): string => `${key} ${Object.values(values).join(' ')}`.trim();

describe('status of the UNS nodes', () => {
  const publish: ReadonlyArray<[Parameters<typeof publishStatus>[0], string]> = [
    [{ kind: 'not-configured' }, 'grey ring uns-publish.status.not-configured'],
    [
      { kind: 'working', link: { kind: 'closed' }, counters, lastProblem: undefined },
      'red ring uns-publish.status.disconnected',
    ],
    [
      { kind: 'working', link: { kind: 'connecting' }, counters, lastProblem: undefined },
      'yellow ring uns-publish.status.connecting',
    ],
    [
      { kind: 'working', link: waiting, counters, lastProblem: undefined },
      'yellow dot uns-publish.status.buffering 2 0 2',
    ],
    [
      { kind: 'working', link: waiting, counters: { ...counters, queued: 0 }, lastProblem: undefined },
      'yellow ring uns-publish.status.retry 2',
    ],
    [
      {
        kind: 'working',
        link: { ...waiting, problem: problem('uns-login-refused') },
        counters,
        lastProblem: undefined,
      },
      'red ring uns-publish.status.login-refused 2',
    ],
    [
      { kind: 'working', link: connected, counters, lastProblem: undefined },
      'green dot uns-publish.status.delivered 3',
    ],
    [
      { kind: 'working', link: connected, counters: { ...counters, dropped: 7 }, lastProblem: undefined },
      'yellow dot uns-publish.status.dropped 3 7',
    ],
    [{ kind: 'working', link: connected, counters, lastProblem: problem('x') }, 'red dot words of x'],
  ];
  for (const [state, expected] of publish) {
    it(`of a publisher: ${expected}`, () => {
      const { fill, shape, text } = publishStatus(state, words);
      assert.equal(`${fill} ${shape} ${text}`, expected);
    });
  }

  it('of a subscriber counts what was rejected', () => {
    const state = { kind: 'working', link: connected, problem: undefined } as const;
    const none = { received: 9, samples: 9, relational: 0, rejected: 0 };
    assert.equal(subscribeStatus({ ...state, counters: none }, words).fill, 'green');
    assert.equal(subscribeStatus({ ...state, counters: { ...none, rejected: 1 } }, words).fill, 'yellow');
    assert.equal(subscribeStatus({ ...state, counters: none, problem: problem('refused') }, words).fill, 'red');
  });
});

describe('an outage', () => {
  it('is reported once however many sessions have it and however often they retry, and over when all are back', () => {
    const reports: string[] = [];
    const outages = createOutageReport({
      lost: ({ code }) => void reports.push(code),
      restored: () => void reports.push('restored'),
    });
    const [first, second] = [outages.watch(), outages.watch()];
    for (const session of [first, second, first]) {
      session(waiting);
      session({ kind: 'connecting' });
    }
    first(connected);
    assert.deepEqual(reports, ['uns-unreachable']);
    second(connected);
    assert.deepEqual(reports, ['uns-unreachable', 'restored']);
    first(waiting);
    assert.deepEqual(reports, ['uns-unreachable', 'restored', 'uns-unreachable']);
  });

  it('is reported again when its cause turns out to be another', () => {
    const reports: string[] = [];
    const session = createOutageReport({ lost: ({ code }) => void reports.push(code), restored: () => {} }).watch();
    const refused = new BulkheadError('uns-login-refused', 'refused');
    for (const problem of [waiting.problem, refused, waiting.problem, refused]) session({ ...waiting, problem });
    assert.deepEqual(reports, ['uns-unreachable', 'uns-login-refused']);
  });
});

describe('a batch of samples', () => {
  const sample = (value: number): Sample => ({ topic: 't', value, quality: 'good', sourceTime: value });

  it('is sent when it is full or its first sample has waited long enough', () => {
    const clock = createManualClock();
    const sent: number[] = [];
    const batch = createSampleBatch({ withinMs: 100, samples: 3 }, (samples) => void sent.push(samples.length), clock);
    for (const value of [1, 2, 3, 4]) batch.add(sample(value));
    assert.deepEqual(sent, [3]);
    clock.advance(99);
    batch.add(sample(5));
    assert.deepEqual(sent, [3]);
    clock.advance(1);
    assert.deepEqual(sent, [3, 2]);
    clock.advance(1_000);
    batch.flush();
    assert.deepEqual(sent, [3, 2]);
    assert.equal(clock.pending(), 0);
  });
});
