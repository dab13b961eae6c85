import type { MachineName, Quality } from '../model/event.ts';

/** Where the plant goes on after a restart: written to the log often enough that its tail always holds one. */
export interface Checkpoint {
  /** Lives of the plant on this log so far, from 0. */
  run: number;
  /** Last sequence number, by OPC UA tag and by Modbus device. */
  sequences: Record<string, number>;
  /** Last source time by tag, epoch ms. */
  times: Record<string, number>;
  /** True counts, never wrapped, by machine. */
  counts: Record<string, { total: number; rejects: number }>;
}

/** One line of the plant's log. All times are epoch milliseconds. */
export type TruthLine =
  | { type: 'start' | 'restart'; at: number; run: number; seed: number; speed: number; source: string }
  | { type: 'stop' | 'hold'; at: number }
  /** The plant could not keep up (its process was stopped): later events come this much later. */
  | { type: 'slip'; at: number; byMs: number }
  | ({ type: 'checkpoint'; at: number } & Checkpoint)
  /** An OPC UA value change; value null with quality bad. */
  | {
      type: 'value';
      tag: string;
      seq: number;
      sourceTime: number;
      value: number | boolean | null;
      quality: Quality;
      code: number;
    }
  /** An OPC UA array; `sha1` is that of `JSON.stringify` of the numbers, in hex. */
  | {
      type: 'waveform';
      tag: string;
      seq: number;
      sourceTime: number;
      stepUs: number;
      count: number;
      first: number;
      last: number;
      sha1: string;
      quality: Quality;
    }
  /** An answered Modbus read. `seq` is null when the read did not touch the sequence register. */
  | {
      type: 'read';
      device: string;
      seq: number | null;
      at: number;
      address: number;
      registers: number[];
      values: Record<string, number | null>;
    }
  /** A Modbus read answered with an exception. */
  | { type: 'exception'; device: string; at: number; address: number; count: number; code: number }
  /** OEE truth: a machine entered a PackML state; a machine's true counts after a bottle. */
  | { type: 'state'; machine: MachineName; at: number; state: number }
  | { type: 'count'; machine: MachineName; at: number; total: number; rejects: number }
  /** A row of a replay was shown; one value per numeric column, null where the row has none. */
  | { type: 'row'; at: number; row: number; time: number; values: (number | null)[] };

const types: ReadonlySet<unknown> = new Set<TruthLine['type']>([
  'start',
  'restart',
  'stop',
  'hold',
  'slip',
  'checkpoint',
  'value',
  'waveform',
  'read',
  'exception',
  'state',
  'count',
  'row',
]);

function isTruthLine(value: unknown): value is TruthLine {
  return typeof value === 'object' && value !== null && 'type' in value && types.has(value.type);
}

/** A line of the log, or undefined for one that was cut off by a kill (or is no log line at all). */
export function parseTruthLine(text: string): TruthLine | undefined {
  if (text === '') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isTruthLine(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
