import { configReader } from '@bulkhead/node-kit';
import { topicFilter } from '../protocol/topic-filter.ts';
import { unsSubscribeDefaults as defaults } from './defaults.ts';

export interface UnsSubscribeConfig {
  /** In MQTT form. */
  readonly filter: string;
  /** Undefined: one message per sample. */
  readonly batch: { readonly withinMs: number; readonly samples: number } | undefined;
}

/** Reads an `uns-subscribe`; `problems` has one line for each property that cannot be used. */
export function readUnsSubscribe(raw: unknown): { config: UnsSubscribeConfig; problems: readonly string[] } {
  const read = configReader(raw);
  const filter = topicFilter(read.text('filter', defaults.filter));
  if (!filter.ok) read.problem(filter.message);
  const isBatched = read.flag('batch', defaults.batch);
  const withinMs = read.number('batchMs', defaults.batchMs, { min: 1, max: 60_000 });
  const samples = read.number('batchSamples', defaults.batchSamples, { min: 1, max: 100_000, whole: true });
  return {
    config: { filter: filter.ok ? filter.filter : '', batch: isBatched ? { withinMs, samples } : undefined },
    problems: read.problems,
  };
}
