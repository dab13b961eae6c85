import { appendFileSync, closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { type Checkpoint, parseTruthLine, type TruthLine } from './truth-line.ts';

/** Checkpoints are at most 128 kB and one batch of lines apart. */
const tailBytes = 1024 * 1024;

/**
 * Where an earlier life on this log ended, from the tail of the file; undefined for a log that is new or empty.
 * Repairs a last line that a kill cut off by ending it.
 */
export function resumeFrom(path: string): Checkpoint | undefined {
  if (!existsSync(path)) return undefined;
  const text = readTail(path);
  if (text === '') return undefined;
  if (!text.endsWith('\n')) appendFileSync(path, '\n');
  return checkpointOf(text.split('\n').map(parseTruthLine));
}

function readTail(path: string): string {
  const descriptor = openSync(path, 'r');
  try {
    const { size } = fstatSync(descriptor);
    const length = Math.min(size, tailBytes);
    const tail = Buffer.alloc(length);
    const read = readSync(descriptor, tail, 0, length, size - length);
    return tail.toString('utf8', 0, read);
  } finally {
    closeSync(descriptor);
  }
}

/** The state after the last of these lines. */
export function checkpointOf(lines: readonly (TruthLine | undefined)[]): Checkpoint {
  const state: Checkpoint = { run: 0, sequences: {}, times: {}, counts: {} };
  for (const line of lines) {
    switch (line?.type) {
      case 'checkpoint':
        state.run = line.run;
        state.sequences = { ...line.sequences };
        state.times = { ...line.times };
        state.counts = { ...line.counts };
        break;
      case 'start':
      case 'restart':
        state.run = line.run;
        break;
      case 'value':
      case 'waveform':
        state.sequences[line.tag] = line.seq;
        state.times[line.tag] = line.sourceTime;
        break;
      case 'read':
        if (line.seq !== null) state.sequences[line.device] = line.seq;
        break;
      case 'count':
        state.counts[line.machine] = { total: line.total, rejects: line.rejects };
        break;
      default:
        break;
    }
  }
  return state;
}
