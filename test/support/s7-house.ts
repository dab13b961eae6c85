import { type Sample, systemClock } from '@bulkhead/core';
import { createPollReader, createTraffic, type PollReader, type Traffic } from '@bulkhead/node-kit';
import { s7Transport } from '../../nodes/s7/src/io/s7-tcp.ts';
import { createLink, type Link, type LinkState } from '../../nodes/s7/src/s7-connection/link.ts';
import { readS7Read } from '../../nodes/s7/src/s7-read/config.ts';
import { createTagReader } from '../../nodes/s7/src/s7-read/tag-reader.ts';
import { until } from './until.ts';

export interface S7Reading {
  readonly link: Link;
  readonly reader: PollReader;
  readonly traffic: Traffic;
  /** What was emitted, one entry per message. */
  readonly batches: Sample[][];
  readonly states: readonly LinkState['kind'][];
  readonly reports: readonly string[];
  last(topic: string): Sample | undefined;
  /** The next batch of which every sample passes. */
  nextBatch(passes: (sample: Sample) => boolean): Promise<Sample[]>;
  stop(): void;
}

export interface S7LinkOptions {
  port: number;
  timeoutMs?: number;
  pduBytes?: number;
  parallel?: number;
}

export function linkTo({ port, timeoutMs = 300, pduBytes = 960, parallel = 8 }: S7LinkOptions): Link {
  return createLink({
    open: s7Transport({
      host: '127.0.0.1',
      port,
      localTsap: 0x0100,
      remoteTsap: 0x0301,
      timeoutMs,
      wanted: { pduBytes, parallel },
    }),
    clock: systemClock,
    random: Math.random,
    backOff: { firstMs: 20, factor: 2, maxMs: 100, jitter: 0.3 },
    timeoutMs,
    maxQueued: 5_000,
  });
}

/** A reader as the node `s7-read` makes it, over a link of its own. */
export function startReading(options: S7LinkOptions & { node: object }): S7Reading {
  const read = readS7Read({ pollMs: 20, ...options.node }, new Map());
  if (!read.ok) throw new Error(read.problem);
  const link = linkTo(options);
  const traffic = createTraffic(systemClock);
  const batches: Sample[][] = [];
  const states: LinkState['kind'][] = [];
  const reports: string[] = [];
  const { config } = read;
  const reader = createPollReader({
    ...config,
    link,
    readerOf: (tags, hooks) => createTagReader({ tags, maxGap: config.maxGap, link, hooks }),
    clock: systemClock,
    traffic,
    emit: (samples) => void batches.push(samples),
    onChange: () => {},
    report: (problem) => void reports.push(problem),
  });
  link.watch((state) => states.push(state.kind));
  reader.start();
  link.start();
  return {
    link,
    reader,
    traffic,
    batches,
    states,
    reports,
    last: (topic) =>
      batches
        .findLast((batch) => batch.some((sample) => sample.topic === topic))
        ?.find((sample) => sample.topic === topic),
    nextBatch(passes) {
      const from = batches.length;
      return until(() => batches.slice(from).find((batch) => batch.every(passes)), {
        deadlineMs: 8_000,
        what: 'a batch that passes',
      });
    },
    stop() {
      reader.stop();
      link.stop();
    },
  };
}
