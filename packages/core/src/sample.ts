import type { Quality } from './quality.ts';

/** A scalar, null (no value), or the points of a waveform. */
export type SampleValue = number | bigint | string | boolean | null | readonly number[];

/** What a sample says, without the name of what it says it about. */
export interface SampleBody {
  value: SampleValue;
  quality: Quality;
  /** The quality as the device gave it: an OPC UA status code, a Modbus exception. */
  code?: number | string;
  /** Epoch milliseconds UTC, may have a fraction. For a waveform: of its first point. */
  sourceTime: number;
  /** Microseconds between two points of a waveform. */
  stepUs?: number;
  unit?: string;
  /** Where the device keeps the value: a node id, a register. */
  address?: string;
}

/** One reading of one tag. `topic` is the dotted UNS topic. */
export interface Sample extends SampleBody {
  topic: string;
}

/** The widest time a JavaScript Date can hold, in epoch milliseconds. */
export const MAX_TIME_MS = 8.64e15;

/** True for a time that a Date, and so every sink, can hold. */
export function isSourceTime(candidate: unknown): candidate is number {
  return typeof candidate === 'number' && Math.abs(candidate) <= MAX_TIME_MS;
}

export function isWaveform(value: SampleValue): value is readonly number[] {
  return Array.isArray(value);
}
