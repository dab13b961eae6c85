/** What reading the memory of one tag came to. */
export type SpanOutcome =
  /** Its bytes, from `at` on. */
  | { kind: 'bytes'; bytes: Buffer; at: number }
  /** The PLC has no such address, or does not let us have it. */
  | { kind: 'refused'; code: number; reason: string }
  | { kind: 'failed'; code: 'garbled' | 'queue-full'; reason: string }
  /** The connection was lost meanwhile; its loss says all there is to say. */
  | { kind: 'lost' };
