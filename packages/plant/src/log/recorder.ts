import { createHash } from 'node:crypto';
import { statusCodeOf } from '../catalogue.ts';
import type { Quality } from '../model/event.ts';
import { resumeFrom } from './resume.ts';
import type { Checkpoint, TruthLine } from './truth-line.ts';
import { openTruthLog } from './truth-log.ts';

/** Numbers what is served and writes it down before it is. */
export interface Recorder {
  /** Lives on this log before this one; 0 for a new log. */
  readonly run: number;
  /** True counts of the earlier lives, by machine. */
  readonly counts: Checkpoint['counts'];
  /** Last source time of a tag in an earlier or this life, or -Infinity. */
  lastTime(tag: string): number;
  /** The next sequence number of a tag or device; it is taken. */
  next(name: string): number;
  value(tag: string, sourceTime: number, value: number | boolean | null, quality: Quality): TruthLine;
  waveform(tag: string, sourceTime: number, stepUs: number, values: Float64Array): TruthLine;
  append(lines: readonly TruthLine[]): void;
  close(): void;
}

export interface RecorderOptions {
  /** Path of the log; without it nothing is written. */
  path: string | undefined;
  /** See the log; 0 for a file that may grow for ever. */
  mostBytes: number;
  now: () => number;
}

/** Goes on where the log ends. Throws as fs does when the log can be neither read nor written. */
export function createRecorder({ path, mostBytes, now }: RecorderOptions): Recorder {
  const earlier = path === undefined ? undefined : resumeFrom(path);
  const run = earlier === undefined ? 0 : earlier.run + 1;
  const state: Checkpoint = earlier ?? { run, sequences: {}, times: {}, counts: {} };
  const checkpoint = (): TruthLine => ({ type: 'checkpoint', at: now(), ...state, run });
  const log = path === undefined ? undefined : openTruthLog({ path, mostBytes, checkpoint, now });

  function next(name: string): number {
    // uint32 on the wire: it wraps after 4 billion reads.
    const sequence = ((state.sequences[name] ?? 0) + 1) % 2 ** 32;
    state.sequences[name] = sequence;
    return sequence;
  }

  return {
    run,
    counts: { ...state.counts },
    lastTime: (tag) => state.times[tag] ?? -Infinity,
    next,
    value(tag, sourceTime, value, quality) {
      state.times[tag] = sourceTime;
      return { type: 'value', tag, seq: next(tag), sourceTime, value, quality, code: statusCodeOf[quality] };
    },
    waveform(tag, sourceTime, stepUs, values) {
      state.times[tag] = sourceTime;
      const sha1 = createHash('sha1')
        .update(JSON.stringify(Array.from(values)))
        .digest('hex');
      return {
        type: 'waveform',
        tag,
        seq: next(tag),
        sourceTime,
        stepUs,
        count: values.length,
        first: values[0] ?? 0,
        last: values.at(-1) ?? 0,
        sha1,
        quality: 'good',
      };
    },
    append(lines) {
      for (const line of lines) {
        if (line.type === 'count') state.counts[line.machine] = { total: line.total, rejects: line.rejects };
      }
      log?.append(lines);
    },
    close: () => log?.close(),
  };
}
