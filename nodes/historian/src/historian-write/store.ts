import { isWaveform, type Sample } from '@bulkhead/core';
import type { Database, Session } from '../database.ts';
import { scalarStatements, type TaggedSample, waveformStatements } from '../protocol/write-sql.ts';
import type { TagIds } from './tag-ids.ts';

/** stored + duplicates + conflicts = samples given. */
export interface StoreResult {
  readonly stored: number;
  /** Were there already, with the same content. */
  readonly duplicates: number;
  /** There is another content for their tag and time: the first one is kept. */
  readonly conflicts: number;
  /** Topic of one that is in conflict. */
  readonly conflictTopic: string | undefined;
}

/**
 * Stores samples that are storable, in one transaction: all of them or, when it rejects, none.
 *
 * Storing the same samples again changes nothing, so that a batch whose commit was not answered is simply sent again.
 */
export async function storeSamples(
  database: Database,
  tagIds: TagIds,
  samples: readonly Sample[],
): Promise<StoreResult> {
  // Tags are committed apart: an id must not be remembered from a transaction that was rolled back.
  const ids = await tagIds.of(samples);
  // Sorted, so that two writers meet the same rows in the same order; of equal ones the first that came stays the first.
  const rows = samples
    .map((sample): TaggedSample => ({ sample, tagId: ids.get(sample.topic) ?? 0 }))
    .toSorted((left, right) => left.tagId - right.tagId || left.sample.sourceTime - right.sample.sourceTime);
  const scalars = rows.filter(({ sample }) => !isWaveform(sample.value));
  const waveforms = rows.filter(({ sample }) => isWaveform(sample.value));

  const results = await database.write(async (session) => [
    ...(scalars.length > 0 ? [await insert(session, scalarStatements(database.schema, scalars), scalars.length)] : []),
    ...(waveforms.length > 0
      ? [await insert(session, waveformStatements(database.schema, waveforms), waveforms.length)]
      : []),
  ]);
  const example = results.find(({ conflictTag }) => conflictTag !== undefined)?.conflictTag;
  return {
    stored: sum(results.map(({ stored }) => stored)),
    duplicates: sum(results.map((result) => result.duplicates)),
    conflicts: sum(results.map((result) => result.conflicts)),
    conflictTopic: rows.find(({ tagId }) => tagId === example)?.sample.topic,
  };
}

interface InsertResult {
  readonly stored: number;
  readonly duplicates: number;
  readonly conflicts: number;
  readonly conflictTag: number | undefined;
}

async function insert(
  session: Session,
  statements: ReturnType<typeof scalarStatements>,
  count: number,
): Promise<InsertResult> {
  const { changed: stored } = await session.query(statements.insert.text, statements.insert.values);
  if (stored === count) return { stored, duplicates: 0, conflicts: 0, conflictTag: undefined };
  const { rows } = await session.query(statements.compare.text, statements.compare.values);
  const conflicts = Number(rows[0]?.['conflicts'] ?? 0);
  const example = rows[0]?.['example'];
  return {
    stored,
    duplicates: count - stored - conflicts,
    conflicts,
    conflictTag: typeof example === 'number' ? example : undefined,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
