/** What a device holds: registers as unsigned 16-bit numbers, bits as 0 and 1. */
export type ReadValues = readonly number[];

export type ReadReply =
  | { kind: 'values'; values: ReadValues }
  | { kind: 'exception'; code: number }
  | { kind: 'garbled'; reason: string };
