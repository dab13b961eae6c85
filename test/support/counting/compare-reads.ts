import type { Missing, SourceResult } from './compare.ts';
import type { History, StoredRow } from './history.ts';
import type { Read } from './plant-truth.ts';

/** Modbus: every answered read, by its sequence number, whole: all registers under the time of its sequence register. */
export function compareReads(
  device: string,
  reads: readonly Read[],
  history: History,
  topicOf: ReadonlyMap<string, string>,
): SourceResult {
  const missing: Missing[] = [];
  const different: string[] = [];
  const twice: string[] = [];
  const unexplained: string[] = [];
  const explained: Record<string, number> = {};
  const pulse: number[] = [];
  let stored = 0;

  const rowsOf = new Map([...topicOf].map(([name, topic]) => [name, byTime(history.get(topic) ?? [])]));
  const timesOf = new Map<number, number[]>();
  for (const row of rowsOf.get('Sequence')?.values() ?? []) {
    if (row.quality !== 'good' || typeof row.value !== 'number') continue;
    timesOf.set(row.value, [...(timesOf.get(row.value) ?? []), row.sourceTime]);
  }
  const used = new Set<StoredRow>();

  for (const { seq, at, values, beside } of reads) {
    const [time, ...more] = timesOf.get(seq) ?? [];
    timesOf.delete(seq);
    if (more.length > 0) twice.push(`${device} read ${seq}`);
    if (time === undefined) {
      missing.push({ name: device, seq, at });
      continue;
    }
    let isWhole = true;
    for (const [name, served] of Object.entries({ ...values, ...beside })) {
      const row = rowsOf.get(name)?.get(time);
      if (row === undefined) {
        // A kill may fall between two commits, or between the answers to two blocks.
        missing.push({ name: `${device}.${name}`, seq, at });
        isWhole = false;
        continue;
      }
      used.add(row);
      if (row.value === served && row.quality === (served === null ? 'bad' : 'good')) continue;
      different.push(`${device} read ${seq}: ${name} was ${served}, stored ${row.value} ${row.quality}`);
      isWhole = false;
    }
    if (!isWhole) continue;
    stored += 1;
    pulse.push(at);
  }
  for (const seq of timesOf.keys()) unexplained.push(`${device} read ${seq}: never answered`);
  for (const [name, rows] of rowsOf) {
    for (const row of rows.values()) {
      if (used.has(row)) continue;
      const reason = reasonOf(row);
      if (reason === undefined) unexplained.push(`${device}.${name} at ${row.sourceTime}: ${row.value} ${row.quality}`);
      else explained[reason] = (explained[reason] ?? 0) + 1;
    }
  }
  return { source: device, stored, waveforms: 0, missing, twice, different, unexplained, explained, pulse };
}

function byTime(rows: readonly StoredRow[]): Map<number, StoredRow> {
  return new Map(rows.map((row) => [row.sourceTime, row]));
}

/** A reading without a value where no answer came is the reader's word, not the device's. */
function reasonOf({ quality, value }: StoredRow): string | undefined {
  if (quality === 'stale') return 'stale, connection lost';
  return quality === 'bad' && value === null ? 'no answer' : undefined;
}
