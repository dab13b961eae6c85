import { type Sample, systemClock } from '@bulkhead/core';
import {
  createPollReader,
  createTraffic,
  createWriter,
  type LinkState,
  type PollReader,
  type Traffic,
} from '@bulkhead/node-kit';
import { tcpTransport } from '../../nodes/modbus/src/io/modbus-tcp.ts';
import { createLink, type Link } from '../../nodes/modbus/src/modbus-connection/link.ts';
import type { OpenTransport } from '../../nodes/modbus/src/modbus-connection/transport.ts';
import { readModbusRead } from '../../nodes/modbus/src/modbus-read/config.ts';
import { createTagReader } from '../../nodes/modbus/src/modbus-read/tag-reader.ts';
import { readModbusWrite } from '../../nodes/modbus/src/modbus-write/config.ts';
import { modbusWritePort } from '../../nodes/modbus/src/modbus-write/write-port.ts';
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

export async function connectedTo(link: Link): Promise<void> {
  await until(() => link.state.kind === 'connected', { deadlineMs: 5_000, what: 'a connection' });
}

const isScalar = (value: unknown): value is number | bigint | boolean | string =>
  ['number', 'bigint', 'boolean', 'string'].includes(typeof value);

/** Writes a batch as the node `modbus-write` does, by the last segments of its topics: ok or what is wrong, old value, value read back. */
export async function writeModbus(link: Link, batch: Record<string, unknown>, node: object): Promise<unknown[]> {
  const read = readModbusWrite(node);
  if (!read.ok) throw new Error(read.problem);
  const { config } = read;
  const port = modbusWritePort({ link, config, unit: 1, now: Date.now });
  const writer = createWriter({ ...config, readBack: config.readBack !== 'off', port });
  const samples = Object.entries(batch).map(([name, value]): Sample => {
    if (!isScalar(value)) throw new Error(name);
    return { topic: `umh.v1.test._raw.${name}`, value, quality: 'good', sourceTime: 0 };
  });
  const results = await writer.write(samples, Date.now());
  return results.map(({ ok, code, old, readBack }) => [ok ? 'ok' : code, old, readBack]);
}
