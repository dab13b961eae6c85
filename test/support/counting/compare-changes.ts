import type { Missing, SourceResult } from './compare.ts';
import type { History, StoredRow } from './history.ts';
import type { Change } from './plant-truth.ts';

const pulseTag = 'Filler.Vibration';
/** A block is served when it is complete, 100 ms after its first point; what was served by then is seen by a subscriber. */
const subscribedWithinMs = 300;

/** OPC UA: every change from the subscription on, by tag and source time. */
export function compareChanges(
  changesOf: ReadonlyMap<string, readonly Change[]>,
  history: History,
  tagOf: ReadonlyMap<string, string>,
): SourceResult {
  const missing: Missing[] = [];
  const different: string[] = [];
  const unexplained: string[] = [];
  const twice: string[] = [];
  const explained: Record<string, number> = {};
  let stored = 0;
  let waveforms = 0;
  let pulse: number[] = [];

  const rowsOf = new Map([...tagOf].map(([topic, tag]) => [tag, history.get(topic) ?? []]));
  const firstPulse = rowsOf.get(pulseTag)?.[0]?.sourceTime ?? Number.NEGATIVE_INFINITY;

  for (const [tag, rows] of rowsOf) {
    const changes = changesOf.get(tag) ?? [];
    const byTime = new Map<number, StoredRow>();
    for (const row of rows) {
      if (byTime.has(row.sourceTime)) twice.push(`${tag} at ${row.sourceTime}`);
      byTime.set(row.sourceTime, row);
    }
    const served = new Map(changes.map((change) => [change.sourceTime, change]));
    const first = firstExpected(changes, byTime, firstPulse);
    for (const [index, change] of changes.entries()) {
      const row = byTime.get(change.sourceTime);
      if (row === undefined) {
        if (index >= first) missing.push({ name: tag, seq: change.seq, at: change.sourceTime });
      } else if (row.value !== change.value || row.quality !== change.quality || row.stepUs !== change.stepUs) {
        different.push(`${tag} ${change.seq}: served ${show(change)}, stored ${show(row)}`);
      } else {
        stored += 1;
        if (change.stepUs !== undefined) waveforms += 1;
      }
    }
    for (const row of rows) {
      if (served.has(row.sourceTime)) continue;
      const reason = reasonOf(row, changes, rows);
      if (reason === undefined) unexplained.push(`${tag} at ${row.sourceTime}: ${show(row)}`);
      else explained[reason] = (explained[reason] ?? 0) + 1;
    }
    if (tag === pulseTag) {
      pulse = rows.filter(({ sourceTime }) => served.has(sourceTime)).map(({ sourceTime }) => sourceTime);
    }
  }
  return { source: 'OPC UA', stored, waveforms, missing, twice, different, unexplained, explained, pulse };
}

/**
 * Index of the first change that a subscriber must have seen: the value that was current when it subscribed. When that
 * was is known from the first waveform; a subscription can only have begun before it was served.
 */
function firstExpected(changes: readonly Change[], byTime: ReadonlyMap<number, StoredRow>, firstPulse: number): number {
  const firstStored = changes.findIndex(({ sourceTime }) => byTime.has(sourceTime));
  const current = changes.findLastIndex(({ sourceTime }) => sourceTime <= firstPulse + subscribedWithinMs);
  return firstStored < 0 ? Math.max(0, current) : Math.min(firstStored, Math.max(0, current));
}

/** Why a row is there that was not served: the outage itself, or the value that was still true after it. */
function reasonOf(row: StoredRow, changes: readonly Change[], rows: readonly StoredRow[]): string | undefined {
  if (row.quality === 'stale') return 'stale, connection lost';
  const current = changes.findLast(({ sourceTime }) => sourceTime <= row.sourceTime);
  const before = rows[rows.indexOf(row) - 1];
  if (current === undefined || before?.quality !== 'stale') return undefined;
  return current.value === row.value && current.quality === row.quality ? 'confirmed after an outage' : undefined;
}

function show({ value, quality, stepUs }: Pick<StoredRow, 'value' | 'quality' | 'stepUs'>): string {
  return `${value} ${quality}${stepUs === undefined ? '' : ` step ${stepUs}`}`;
}
