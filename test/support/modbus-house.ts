import { type Sample, systemClock } from '@bulkhead/core';
import { createPollReader, createTraffic, type LinkState, type PollReader, type Traffic } from '@bulkhead/node-kit';
import { tcpTransport } from '../../nodes/modbus/src/io/modbus-tcp.ts';
import { createLink, type Link } from '../../nodes/modbus/src/modbus-connection/link.ts';
import type { OpenTransport } from '../../nodes/modbus/src/modbus-connection/transport.ts';
import { readModbusRead } from '../../nodes/modbus/src/modbus-read/config.ts';
import { createTagReader } from '../../nodes/modbus/src/modbus-read/tag-reader.ts';
import { until } from './until.ts';

export interface ModbusReading {
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

export interface ModbusLinkOptions {
  port: number;
  /** In place of Modbus TCP to `port`. */
  open?: OpenTransport;
  timeoutMs?: number;
  maxInFlight?: number;
  maxQueued?: number;
  lingerMs?: number;
}

export function modbusLinkTo(options: ModbusLinkOptions): Link {
  const { port, timeoutMs = 100, maxInFlight = 4, maxQueued = 1_000, lingerMs = 0 } = options;
  return createLink({
    open: options.open ?? tcpTransport({ host: '127.0.0.1', port, timeoutMs }),
    clock: systemClock,
    random: Math.random,
    backOff: { firstMs: 20, factor: 2, maxMs: 100, jitter: 0.3 },
    timeoutMs,
    maxInFlight,
    maxQueued,
    lingerMs,
  });
}

/** A reader as the node `modbus-read` makes it, over a link of its own. */
export function startModbusReading(options: ModbusLinkOptions & { node: object }): ModbusReading {
  const read = readModbusRead({ pollMs: 20, ...options.node });
  if (!read.ok) throw new Error(read.problem);
  const { config } = read;
  const link = modbusLinkTo(options);
  const traffic = createTraffic(systemClock);
  const batches: Sample[][] = [];
  const states: LinkState['kind'][] = [];
  const reports: string[] = [];
  const reader = createPollReader({
    ...config,
    link,
    readerOf: (tags, hooks) => createTagReader({ tags, unit: config.unitId ?? 1, limits: config.limits, link, hooks }),
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
