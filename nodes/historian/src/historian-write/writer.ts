import {
  BulkheadError,
  type Clock,
  createQuiet,
  createTicket,
  errorMessage,
  type Outbox,
  type Sample,
  sampleBytes,
  type Ticket,
  type Timer,
} from '@bulkhead/core';
import type { Database } from '../database.ts';
import { unstorable } from '../protocol/storable.ts';
import { type StoreResult, storeSamples } from './store.ts';
import { createTagIds } from './tag-ids.ts';

/** accepted = stored + duplicates + conflicts + dropped + queued, always. */
export interface WriteCounters {
  readonly accepted: number;
  readonly stored: number;
  /** Were there already with the same content: what a repeated delivery leaves. */
  readonly duplicates: number;
  /** Another content for the same tag and time: the first one is kept. */
  readonly conflicts: number;
  readonly dropped: number;
  readonly queued: number;
}

export interface WriteEntry {
  readonly sample: Sample;
  readonly ticket: Ticket;
  readonly bytes: number;
}

export interface Writer {
  /** Resolves when every sample is committed; rejects, when all are settled, if one of them was dropped. */
  submit(samples: readonly Sample[]): Promise<void>;
  counters(): WriteCounters;
  /** Writes without waiting for a full batch; resolves when all is committed and nothing more comes, or at the deadline. */
  drain(deadlineMs: number): Promise<void>;
  /** Gives up what is still queued; returns how many samples that were. */
  stop(): number;
}

export interface WriterOptions {
  readonly database: Database;
  readonly outbox: Outbox<WriteEntry>;
  readonly batch: { readonly withinMs: number; readonly samples: number };
  readonly clock: Clock;
  /** Called after each change of the counters. */
  readonly onChange: () => void;
  /** Two contents for one tag and time: said once per batch, with the topic of one of them. */
  readonly onConflict: (conflicts: number, topic: string) => void;
}

const mostBytesPerBatch = 8 * 1_048_576;
const quietMs = 100;

/** Gathers samples, writes one batch at a time and keeps what the database could not take until it is back. */
export function createWriter({ database, outbox, batch, clock, onChange, onConflict }: WriterOptions): Writer {
  let accepted = 0;
  let stored = 0;
  let duplicates = 0;
  let conflicts = 0;
  let dropped = 0;
  let isWriting = false;
  let isStopped = false;
  let isDraining = false;
  let timer: Timer | undefined;
  const tagIds = createTagIds(database);
  const quiet = createQuiet({ quietMs, isEmpty: () => outbox.queued === 0, clock });

  const changed = (): void => {
    onChange();
    quiet.changed();
  };

  const drop = (entry: WriteEntry, code: string, why: string): void => {
    outbox.remove(entry);
    dropped += 1;
    entry.ticket.settle(new BulkheadError(code, `${entry.sample.topic}: ${why}`));
  };

  const account = (entries: readonly WriteEntry[], result: StoreResult): void => {
    // Given up while the commit was on its way: they were counted as dropped already.
    if (isStopped) return;
    stored += result.stored;
    duplicates += result.duplicates;
    conflicts += result.conflicts;
    for (const entry of entries) {
      outbox.remove(entry);
      entry.ticket.settle();
    }
    if (result.conflictTopic !== undefined) onConflict(result.conflicts, result.conflictTopic);
  };

  /** A batch that holds a sample which the database refuses is halved until that sample stands alone. */
  const store = async (entries: readonly WriteEntry[]): Promise<void> => {
    try {
      account(
        entries,
        await storeSamples(
          database,
          tagIds,
          entries.map(({ sample }) => sample),
        ),
      );
    } catch (error) {
      if (isStopped || (error instanceof BulkheadError && error.retryable)) throw error;
      const [only] = entries;
      if (entries.length === 1 && only !== undefined) {
        drop(only, 'historian-refused', errorMessage(error));
        return;
      }
      const middle = Math.ceil(entries.length / 2);
      await store(entries.slice(0, middle));
      await store(entries.slice(middle));
    }
  };

  const nextBatch = (): readonly WriteEntry[] => {
    const entries: WriteEntry[] = [];
    let bytes = 0;
    while (entries.length < batch.samples && bytes < mostBytesPerBatch) {
      const entry = outbox.take();
      if (entry === undefined) break;
      entries.push(entry);
      bytes += entry.bytes;
    }
    return entries;
  };

  const writeAll = async (): Promise<void> => {
    if (isWriting || isStopped) return;
    isWriting = true;
    clock.clearTimeout(timer);
    timer = undefined;
    try {
      while (database.state().kind === 'connected' && !isStopped) {
        const entries = nextBatch();
        if (entries.length === 0) break;
        await store(entries);
        changed();
        // What is left is less than a batch: it may wait for company.
        if (!isDraining && outbox.queued < batch.samples) break;
      }
    } catch {
      // The database is away, and its state says why: everything comes back and waits for the state to change.
      if (!isStopped) outbox.takeBack();
    } finally {
      isWriting = false;
    }
    changed();
    schedule();
  };

  const schedule = (): void => {
    if (isStopped || isWriting || outbox.queued === 0 || database.state().kind !== 'connected') return;
    if (isDraining || outbox.queued >= batch.samples) void writeAll();
    else timer ??= clock.setTimeout(() => void writeAll(), batch.withinMs);
  };

  const unwatch = database.onState((state) => {
    if (state.kind === 'connected') {
      tagIds.forget();
      if (outbox.queued > 0) void writeAll();
    }
    changed();
  });

  return {
    submit(samples) {
      quiet.touched();
      const ticket = createTicket(samples.length);
      for (const sample of samples) {
        accepted += 1;
        const entry: WriteEntry = { sample, ticket, bytes: sampleBytes(sample) };
        const why = unstorable(sample);
        if (why !== undefined) {
          drop(entry, 'historian-not-storable', why);
          continue;
        }
        for (const lost of outbox.append(entry, entry.bytes)) {
          drop(lost, 'historian-queue-full', 'the queue is full, the sample was dropped');
        }
      }
      schedule();
      changed();
      return ticket.settled;
    },
    counters: () => ({ accepted, stored, duplicates, conflicts, dropped, queued: outbox.queued }),
    async drain(deadlineMs) {
      isDraining = true;
      clock.clearTimeout(timer);
      timer = undefined;
      schedule();
      await quiet.wait(deadlineMs);
      isDraining = false;
    },
    stop() {
      if (isStopped) return 0;
      isStopped = true;
      unwatch();
      clock.clearTimeout(timer);
      outbox.takeBack();
      let given = 0;
      for (let entry = outbox.take(); entry !== undefined; entry = outbox.take()) {
        drop(entry, 'historian-stopped', 'the node was stopped before the sample was stored');
        given += 1;
      }
      return given;
    },
  };
}
