import type { Span } from './read-plan.ts';

/** What can be asked of a device. Addresses are counted from 0. */
export type Request =
  | ({ kind: 'read' } & Span)
  /** Function 5 for one coil, 15 for more or where `many` asks for it. */
  | { kind: 'write-coils'; address: number; values: readonly boolean[]; many: boolean }
  /** Function 6 for one register, 16 for more or where `many` asks for it. */
  | { kind: 'write-registers'; address: number; words: readonly number[]; many: boolean }
  /** Function 22: sets the bits of the mask to those of the word, and leaves the others. */
  | { kind: 'mask-register'; address: number; mask: number; word: number }
  /** Function 23: writes first, then reads holding registers, in one go. */
  | { kind: 'write-and-read'; address: number; words: readonly number[]; readAddress: number; readCount: number };

/** What a device holds: registers as unsigned 16-bit numbers, bits as 0 and 1. */
export type ReadValues = readonly number[];

/** `done`: a write was acknowledged. */
export type Reply =
  | { kind: 'values'; values: ReadValues }
  | { kind: 'done' }
  | { kind: 'exception'; code: number }
  | { kind: 'garbled'; reason: string };
