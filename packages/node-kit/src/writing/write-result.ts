import type { Quality } from '@bulkhead/core';

/** What is to be written: a sample, or the like of one with a value that only the palette knows. */
export interface WriteWish {
  topic: string;
  /** Null: there is none. */
  value: unknown;
  quality: Quality;
  code?: number | string;
  sourceTime?: number;
}

export type WriteFault =
  /** Nothing was sent: the table, the type, the limits or the connection forbid it. */
  | 'unknown-tag'
  | 'no-value'
  | 'wrong-type'
  | 'out-of-range'
  | 'disconnected'
  | 'expired'
  | 'queue-full'
  /** The device said no. */
  | 'refused'
  /** It was sent, and no answer came. */
  | 'unanswered'
  | 'garbled'
  /** The device took it, and now holds something else. */
  | 'read-back-differs'
  /** The device took it, and what it holds now could not be read. */
  | 'not-read-back';

/** What became of one value. */
export interface WriteResult {
  topic: string;
  address?: string;
  value: unknown;
  ok: boolean;
  code?: WriteFault;
  /** For people. */
  reason?: string;
  /** What the device held before, as far as it could be read. */
  old?: unknown;
  /** What it held afterwards, when that was asked for. */
  readBack?: unknown;
}

export interface WriteFailure {
  code: WriteFault;
  reason: string;
}

/** Whether the same write may go well a moment later. */
export function isRetryable(code: WriteFault | undefined): boolean {
  return code === 'disconnected' || code === 'queue-full' || code === 'expired';
}
