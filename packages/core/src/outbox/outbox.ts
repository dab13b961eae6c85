/**
 * What stands between an output and its far side: an entry is taken in, taken out to be sent, and gone when it was
 * acknowledged. The one in memory is the first behind this interface; a durable queue is to stand here too.
 */
export interface Outbox<Entry> {
  /** Takes the entry in; gives the entries that were dropped for it (which may be the entry itself). */
  append(entry: Entry, bytes: number): readonly Entry[];
  /** The oldest entry that is not out yet. */
  take(): Entry | undefined;
  /** An entry that is out was delivered, or given up: it is gone. Does nothing for one that is not held. */
  remove(entry: Entry): void;
  /** Everything that is out comes back, to be taken again in the old order. */
  takeBack(): void;
  /** Entries held, those that are out included. */
  readonly queued: number;
  /** Entries that are out. */
  readonly out: number;
}

export type WhenFull = 'drop-oldest' | 'drop-newest';

export interface OutboxBounds {
  readonly samples: number;
  readonly bytes: number;
  readonly whenFull: WhenFull;
}
