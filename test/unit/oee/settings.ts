import type { Sample, SampleValue } from '@bulkhead/core';
import type { OeeConfig } from '../../../nodes/oee/src/oee/config.ts';

/** Ten second windows of a machine that runs in state 6, makes a piece a second and has planned stops in state 2. */
export const settings: OeeConfig = {
  stateTopic: 'state',
  runningStates: new Set(['6']),
  plannedStates: new Set(['2']),
  totalTopic: 'total',
  second: { kind: 'reject', topic: 'reject' },
  counter: { width: 16, maxStep: 1000 },
  idealCycleMs: 1000,
  windowMs: 10_000,
  windowOffsetMs: 0,
  microStopMs: 1000,
  graceMs: 2000,
  closing: 'source',
  currentMs: 0,
  resultTopic: '',
};

export function good(topic: string, sourceTime: number, value: SampleValue): Sample {
  return { topic, value, quality: 'good', sourceTime };
}

export function bad(topic: string, sourceTime: number): Sample {
  return { topic, value: null, quality: 'bad', sourceTime };
}
