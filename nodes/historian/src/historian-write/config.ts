import type { OutboxBounds } from '@bulkhead/core';
import { configReader } from '@bulkhead/node-kit';
import { historianWriteDefaults as defaults } from './defaults.ts';

export interface HistorianWriteConfig {
  /** For messages that bring none; empty: they are refused. */
  readonly topic: string;
  readonly batch: { readonly withinMs: number; readonly samples: number };
  readonly queue: OutboxBounds;
}

/** Reads a `historian-write`; `problems` has one line for each property that cannot be used. */
export function readHistorianWrite(raw: unknown): { config: HistorianWriteConfig; problems: readonly string[] } {
  const read = configReader(raw);
  const config: HistorianWriteConfig = {
    topic: read.text('topic', defaults.topic),
    batch: {
      withinMs: read.number('batchMs', defaults.batchMs, { min: 1, max: 60_000 }),
      samples: read.number('batchSamples', defaults.batchSamples, { min: 1, max: 50_000, whole: true }),
    },
    queue: {
      samples: read.number('queueSamples', defaults.queueSamples, { min: 1, max: 10_000_000, whole: true }),
      bytes: read.number('queueMegabytes', defaults.queueMegabytes, { min: 1, max: 4_096 }) * 1_048_576,
      whenFull: read.choice('whenFull', ['drop-oldest', 'drop-newest'], defaults.whenFull),
    },
  };
  return { config, problems: read.problems };
}
