import { type OutboxBounds, parseTopic } from '@bulkhead/core';
import { configReader } from '@bulkhead/node-kit';
import type { ChosenForm } from '../protocol/wire-form.ts';
import { unsPublishDefaults as defaults } from './defaults.ts';

export interface UnsPublishConfig {
  /** For messages that bring none; empty: they are refused. */
  readonly topic: string;
  readonly form: ChosenForm;
  readonly retain: boolean;
  readonly queue: OutboxBounds;
}

/** Reads an `uns-publish`; `problems` has one line for each property that cannot be used. */
export function readUnsPublish(raw: unknown): { config: UnsPublishConfig; problems: readonly string[] } {
  const read = configReader(raw);
  const topic = read.text('topic', defaults.topic);
  if (topic !== '') {
    const parsed = parseTopic(topic);
    if (!parsed.ok) read.problem(`the topic ${topic} cannot be used: ${parsed.message}`);
  }
  const config: UnsPublishConfig = {
    topic,
    form: read.choice('form', ['auto', 'strict', 'extended'], defaults.form),
    retain: read.flag('retain', defaults.retain),
    queue: {
      samples: read.number('queueSamples', defaults.queueSamples, { min: 1, max: 10_000_000, whole: true }),
      bytes: read.number('queueMegabytes', defaults.queueMegabytes, { min: 1, max: 4_096 }) * 1_048_576,
      whenFull: read.choice('whenFull', ['drop-oldest', 'drop-newest'], defaults.whenFull),
    },
  };
  return { config, problems: read.problems };
}
