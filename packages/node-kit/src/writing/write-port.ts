import type { SampleValue } from '@bulkhead/core';
import type { ReadOutcome } from '../reading/read-tag.ts';
import type { WriteFailure, WriteResult, WriteWish } from './write-result.ts';
import type { WriteTag } from './write-tag.ts';

export type EncodedValue<Encoded> =
  | { ok: true; encoded: Encoded }
  | { ok: false; code: 'wrong-type' | 'out-of-range'; reason: string };

/** A value that may be written. */
export interface Prepared<Tag extends WriteTag, Encoded> {
  tag: Tag;
  result: WriteResult;
  encoded: Encoded;
}

/** A protocol that reads in the same request as it writes gives what the device holds now: it is not read once more. */
export interface WrittenAndRead<Outcome> {
  held: Outcome;
}

export type Sent<Outcome> = WriteFailure | WrittenAndRead<Outcome> | undefined;

/**
 * What a palette gives to write: how a value becomes bytes of its protocol, and how these travel.
 * @typeParam Value what may be written: of a palette that knows more than samples, more than theirs.
 */
export interface WritePort<
  Tag extends WriteTag,
  Encoded,
  Outcome extends ReadOutcome,
  Value = Exclude<SampleValue, null>,
> {
  isConnected(): boolean;
  /** Nothing is rounded into range: what does not fit is refused. */
  encode(value: Value, tag: Tag, wish: WriteWish): EncodedValue<Encoded>;
  /** What the device holds of these tags: one outcome for each, in their order. Never rejects. */
  read(values: readonly Prepared<Tag, Encoded>[]): Promise<Outcome[]>;
  /** The value of what was read, if it is one. */
  valueIn(value: Prepared<Tag, Encoded>, outcome: Outcome): unknown;
  /** Why the value must not be sent after all, now that it is known what the device holds. */
  objection?(value: Prepared<Tag, Encoded>, outcome: Outcome): WriteFailure | undefined;
  /** Whether what was written is there. */
  isThere(value: Prepared<Tag, Encoded>, outcome: Outcome): boolean;
  /**
   * Writes; one entry per value, in their order: what went wrong with it, what is there now, or nothing. Never rejects.
   * @param sendBefore epoch milliseconds after which nothing must be sent any more.
   */
  send(values: readonly Prepared<Tag, Encoded>[], sendBefore: number): Promise<Sent<Outcome>[]>;
}
