import type { SourceResult } from './compare.ts';
import type { Kill } from './kills.ts';

/** What one source lost around one kill. Times are epoch ms. */
export interface LossWindow {
  readonly source: string;
  readonly kill: string;
  readonly missing: number;
  /** Last value stored before the first missing one, and first stored after the last missing one. */
  readonly from: number;
  readonly to: number;
  /** It begins before the kill and is over when the house was seen to be back. */
  readonly isAroundKill: boolean;
}

/**
 * Age of a value when it is stored, at most: 100 ms for a waveform to be complete, the rest for publishing and gathering.
 * So the last that a process took with it may be that much older than its end, and what the broker held back is stored
 * by its successor.
 */
const inFlightMs = 1_000;

/** The kill within the gap; else the next one if it came while the gap's values were on their way; else the last before. */
function indexOfKill(kills: readonly Kill[], from: number, to: number): number {
  const within = kills.findLastIndex(({ at }) => from <= at && at <= to);
  if (within >= 0) return within;
  const next = kills.findIndex(({ at }) => to < at && at - to <= inFlightMs);
  return next >= 0 ? next : kills.findLastIndex(({ at }) => at <= to);
}

/** Every missing value lies in a gap between two stored ones; the gaps of a kill are one window. */
export function lossWindows(result: SourceResult, kills: readonly Kill[]): LossWindow[] {
  const windows = new Map<string, LossWindow>();
  for (const { at } of result.missing) {
    const from = result.pulse.findLast((time) => time <= at) ?? Number.NEGATIVE_INFINITY;
    const to = result.pulse.find((time) => time > at) ?? Number.POSITIVE_INFINITY;
    const index = indexOfKill(kills, from, to);
    const kill = kills[index];
    const name = kill === undefined ? 'before any kill' : `${index + 1} ${kill.name}`;
    const known = windows.get(name);
    const start = Math.min(from, known?.from ?? from);
    const end = Math.max(to, known?.to ?? to);
    windows.set(name, {
      source: result.source,
      kill: name,
      missing: (known?.missing ?? 0) + 1,
      from: start,
      to: end,
      isAroundKill: kill !== undefined && start <= kill.at && end <= kill.backAt && kill.at - end <= inFlightMs,
    });
  }
  return [...windows.values()];
}
