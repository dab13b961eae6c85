import type { TruthLine } from '../../../packages/plant/src/log/truth-line.ts';
import { type OeeTruth, type OeeTruthOptions, oeeTruth } from '../../../packages/plant/src/truth.ts';
import type { History, StoredRow } from './history.ts';
import { resultTopic } from './oee-flow.ts';

/** A closed window as the historian holds it, beside what the plant knows of it. Times are epoch ms. */
export interface OeeWindow {
  readonly start: number;
  readonly end: number;
  readonly figures: Readonly<Record<string, number | null>>;
  /** As stored with the total. */
  readonly quality: string;
  readonly truth: OeeTruth;
  readonly wraps: number;
  readonly blindSpells: number;
  /** It began before the house had read the state and the counters for the first time: the plant knows more. */
  readonly beganUnread: boolean;
  /** A border lies where the counter was bad: what it missed is counted after the border, and the plant knows better. */
  readonly isCut: boolean;
}

export const figureNames = [
  'availability',
  'performance',
  'quality',
  'oee',
  'plannedMs',
  'runMs',
  'total',
  'good',
  'reject',
] as const;

/** All windows of one length that the historian has; `inputs` are the topics of the state and the counters. */
export function oeeWindows(
  lines: readonly TruthLine[],
  history: History,
  seconds: number,
  inputs: readonly string[],
  options: OeeTruthOptions,
): OeeWindow[] {
  const readFrom = Math.max(...inputs.map((topic) => history.get(topic)?.[0]?.sourceTime ?? Number.POSITIVE_INFINITY));
  const text = lines.map((line) => JSON.stringify(line));
  const spells = blindSpells(lines);
  const wrapTimes = totalsOf(lines).flatMap(({ value, sourceTime }, at, all) => {
    const previous = all[at - 1]?.value ?? 0;
    return value < previous && previous > 60_000 ? [sourceTime] : [];
  });
  const windows: OeeWindow[] = [];
  for (const { sourceTime: end } of history.get(`${resultTopic(seconds)}.oee`) ?? []) {
    const start = end - seconds * 1000;
    const holds = (time: number): boolean => time >= start && time < end;
    const rowOf = (name: string): StoredRow | undefined =>
      history.get(`${resultTopic(seconds)}.${name}`)?.find(({ sourceTime }) => sourceTime === end);
    const figures = Object.fromEntries(
      figureNames.map((name) => {
        const value = rowOf(name)?.value;
        return [name, typeof value === 'number' ? value : null];
      }),
    );
    windows.push({
      start,
      end,
      figures,
      quality: rowOf('total')?.quality ?? 'missing',
      truth: oeeTruth(text, 'filler', start, end, options),
      wraps: wrapTimes.filter(holds).length,
      blindSpells: spells.filter(({ from }) => holds(from)).length,
      beganUnread: start < readFrom,
      isCut: spells.some(({ from, to }) => [start, end].some((border) => from <= border && border <= to)),
    });
  }
  return windows;
}

function totalsOf(lines: readonly TruthLine[]): { value: number; sourceTime: number }[] {
  return lines.flatMap((line) =>
    line.type === 'value' && line.tag === 'Filler.TotalCount' && typeof line.value === 'number'
      ? [{ value: line.value, sourceTime: line.sourceTime }]
      : [],
  );
}

function blindSpells(lines: readonly TruthLine[]): { from: number; to: number }[] {
  const spells: { from: number; to: number }[] = [];
  let from: number | undefined;
  for (const line of lines) {
    if (line.type !== 'value' || line.tag !== 'Filler.TotalCount') continue;
    if (line.quality === 'bad') from ??= line.sourceTime;
    else if (from !== undefined) {
      spells.push({ from, to: line.sourceTime });
      from = undefined;
    }
  }
  return from === undefined ? spells : [...spells, { from, to: Number.POSITIVE_INFINITY }];
}
