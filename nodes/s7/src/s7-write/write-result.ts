import type { SampleValue } from '@bulkhead/core';
import type { PlcValue } from '../protocol/decode.ts';

export type WriteFault =
  /** Nothing was sent: the table, the type, the limits or the connection forbid it. */
  | 'unknown-tag'
  | 'no-value'
  | 'wrong-type'
  | 'out-of-range'
  | 'disconnected'
  | 'expired'
  | 'queue-full'
  /** The PLC said no. */
  | 'refused'
  /** It was sent, and no answer came. */
  | 'unanswered'
  | 'garbled'
  /** The PLC took it, and now holds something else. */
  | 'read-back-differs';

/** What became of one value. */
export interface WriteResult {
  topic: string;
  address?: string;
  value: SampleValue;
  ok: boolean;
  code?: WriteFault;
  /** For people. */
  reason?: string;
  /** What the PLC held before, as far as it could be read. */
  old?: PlcValue;
  /** What it held afterwards, when that was asked for. */
  readBack?: PlcValue;
}
