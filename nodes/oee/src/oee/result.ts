import type { OeeFactors, OeeFlag, Sample, TimeWindow } from '@bulkhead/core';
import type { Times, TimelineEntry } from './timeline.ts';

export type WindowFlag =
  | OeeFlag
  /** The state was bad, stale or not known yet for some of the window. */
  | 'unknown-time'
  /** Samples came after their window had been reported, or further behind than the grace period. */
  | 'late-samples'
  | 'state-log-full'
  /** A counter fell further than a wrap explains: its new value was counted. */
  | 'counter-reset'
  /** A counter moved by more than its largest step: counted. */
  | 'counter-jump'
  /** A counter was bad for some of the window or as it began: what it missed is counted with its next good sample. */
  | 'counter-bad'
  /** A counter was read for the first time when the window had begun: pieces before that are missing. */
  | 'counter-began-late';

/** OEE of one window. Times in milliseconds, percentages 0..100, null for what has no denominator or is not known. */
export interface OeeWindow extends TimeWindow, OeeFactors, Times {
  /** False for a running value: `end` is then the time up to which it reaches. */
  closed: boolean;
  total: number | null;
  good: number | null;
  reject: number | null;
  flags: WindowFlag[];
  timeline: TimelineEntry[];
}

const FIGURES = [
  ['availability', '%'],
  ['performance', '%'],
  ['quality', '%'],
  ['oee', '%'],
  ['plannedMs', 'ms'],
  ['runMs', 'ms'],
  ['stopMs', 'ms'],
  ['microStopMs', 'ms'],
  ['plannedStopMs', 'ms'],
  ['unknownMs', 'ms'],
  ['total', undefined],
  ['good', undefined],
  ['reject', undefined],
] as const;

/**
 * The figures of a closed window as samples below `resultTopic`, stamped with the end of the window. A figure that is
 * not known is a bad sample; one of a window with flags is uncertain.
 */
export function samplesOf(window: OeeWindow, resultTopic: string): Sample[] {
  return FIGURES.map(([figure, unit]) => {
    const value = window[figure];
    return {
      topic: `${resultTopic}.${figure}`,
      value,
      quality: value === null ? 'bad' : window.flags.length > 0 ? 'uncertain' : 'good',
      sourceTime: window.end,
      ...(unit === undefined ? {} : { unit }),
    };
  });
}
