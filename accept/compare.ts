import type { Recording } from '../packages/plant/src/replay/recording.ts';
import type { StoredSample } from './history.ts';
import { createTally, type ProtocolVerdict } from './verdict.ts';

/** A reading that equals a cell: the same double, sign of zero included, and good; nothing and bad for an empty cell. */
export function equalsCell({ value, quality }: StoredSample, cell: number | null): boolean {
  return Object.is(value, cell) && quality === (cell === null ? 'bad' : 'good');
}

function shown(value: unknown): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function difference(place: string, cell: number | null, { value, quality }: StoredSample): string {
  return `${place}: ${shown(cell)} in the file, ${shown(value)} (${quality}) read back`;
}

const timeText = (ms: number): string => new Date(ms).toISOString();

/**
 * Holds each column's history against the file: at each row's own time lies the row's value, and nothing lies at any
 * other time.
 * @param topics of the columns, in their order.
 */
export function compareByRowTime(
  { columns, rows }: Recording,
  topics: readonly string[],
  samples: readonly StoredSample[],
): ProtocolVerdict {
  const tally = createTally();
  const unequalRows = new Set<number>();
  const rowTimes = new Set(rows.map(({ time }) => time));
  const byTopic = Map.groupBy(samples, ({ topic }) => topic);
  for (const [place, column] of columns.entries()) {
    const stored = byTopic.get(topics[place] ?? '') ?? [];
    const byTime = new Map(stored.map((sample) => [sample.sourceTime, sample]));
    for (const [number, { time, values }] of rows.entries()) {
      const where = `row ${number} (${timeText(time)}), ${column}`;
      const sample = byTime.get(time);
      if (sample === undefined) tally.missing(`${where}: not there`);
      else {
        tally.compared();
        if (equalsCell(sample, values[place] ?? null)) continue;
        tally.differs(difference(where, values[place] ?? null, sample));
      }
      unequalRows.add(number);
    }
    if (byTime.size < stored.length)
      tally.differs(`${column}: ${stored.length - byTime.size} readings are there twice`);
    for (const { sourceTime, value } of stored) {
      if (rowTimes.has(sourceTime)) continue;
      tally.differs(`${column}: ${shown(value)} at ${timeText(sourceTime)}, a time that no row has`);
    }
  }
  return { protocol: 'OPC UA', rows: rows.length, equalRows: rows.length - unequalRows.size, ...tally.result() };
}

export interface BlockTopics {
  /** Number of the answered read, of the row, and the row's time. */
  readonly sequence: string;
  readonly row: string;
  readonly time: string;
  /** Of the columns, in their order; the ones that do not fit into the block are absent. */
  readonly columns: readonly string[];
}

/**
 * Holds each snapshot against the row whose number it carries. A snapshot is what shares a source time. It is whole,
 * its time and its values are those of its row, no read is missing between two others, and the rows come in order.
 */
export function compareBySnapshot(
  { columns, rows }: Recording,
  topics: BlockTopics,
  samples: readonly StoredSample[],
): ProtocolVerdict {
  const tally = createTally();
  const equalRows = new Set<number>();
  const unequalRows = new Set<number>();
  const snapshots = [...Map.groupBy(samples, ({ sourceTime }) => sourceTime)].sort(([a], [b]) => a - b);
  let lastSequence: number | undefined;
  let lastRow = 0;
  for (const [sourceTime, members] of snapshots) {
    const at = `read at ${timeText(sourceTime)}`;
    const byTopic = new Map(members.map((sample) => [sample.topic, sample]));
    const sequence = byTopic.get(topics.sequence)?.value;
    if (typeof sequence === 'number') {
      const skipped = lastSequence === undefined ? 0 : sequence - lastSequence - 1;
      if (skipped > 0) tally.missing(`${at}: ${skipped} answered reads before it are not there`);
      if (skipped < 0) tally.differs(`${at}: read ${sequence} came after read ${lastSequence}`);
      lastSequence = sequence;
    } else tally.missing(`${at}: its sequence number is not there`);

    const number = byTopic.get(topics.row)?.value;
    const row = typeof number === 'number' ? rows[number] : undefined;
    if (typeof number !== 'number' || row === undefined) {
      tally.differs(`${at}: its row number is ${shown(number)}`);
      continue;
    }
    if (number < lastRow) tally.differs(`${at}: row ${number} came after row ${lastRow}`);
    lastRow = number;

    const cells: [name: string, topic: string, cell: number | null][] = [
      ['its time', topics.time, row.time],
      ...topics.columns.map((topic, place): [string, string, number | null] => [
        columns[place] ?? '',
        topic,
        row.values[place] ?? null,
      ]),
    ];
    let isEqual = true;
    for (const [name, topic, cell] of cells) {
      const where = `row ${number}, ${at}, ${name}`;
      const sample = byTopic.get(topic);
      if (sample === undefined) tally.missing(`${where}: not there, the snapshot is torn`);
      else {
        tally.compared();
        if (equalsCell(sample, cell)) continue;
        tally.differs(difference(where, cell, sample));
      }
      isEqual = false;
    }
    (isEqual ? equalRows : unequalRows).add(number);
  }
  for (const number of rows.keys()) {
    if (!equalRows.has(number) && !unequalRows.has(number)) tally.missing(`row ${number}: in no read`);
  }
  const leftOut = columns.slice(topics.columns.length);
  return {
    protocol: 'Modbus',
    rows: rows.length,
    equalRows: [...equalRows].filter((number) => !unequalRows.has(number)).length,
    snapshots: snapshots.length,
    ...tally.result(),
    ...(leftOut.length === 0 ? {} : { note: `one read holds no more columns; without ${leftOut.join(', ')}` }),
  };
}
