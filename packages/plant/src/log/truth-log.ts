import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import type { TruthLine } from './truth-line.ts';

const checkpointEveryMs = 2000;
const checkpointEveryBytes = 128 * 1024;

export interface TruthLog {
  /**
   * Appends lines. They are in the file when this returns and are then served: what a client holds is always in the
   * log, also after a kill -9 (not after a power cut: nothing is synced). Throws as fs does.
   */
  append(lines: readonly TruthLine[]): void;
  close(): void;
}

export interface TruthLogOptions {
  path: string;
  /** A file that has grown beyond this becomes `<path>.1`, in place of the one before; 0 for never. */
  mostBytes: number;
  /** Asked for every 2 s or 128 kB, whichever is first, and at the head of each further file. */
  checkpoint: () => TruthLine;
  now: () => number;
}

function textOf(lines: readonly TruthLine[]): string {
  let text = '';
  for (const line of lines) text += `${JSON.stringify(line)}\n`;
  return text;
}

/** Opens a log for appending. Throws as fs does. */
export function openTruthLog({ path, mostBytes, checkpoint, now }: TruthLogOptions): TruthLog {
  let descriptor = openSync(path, 'a', 0o644);
  let size = fstatSync(descriptor).size;
  let open = true;
  let checkpointAt = 0;
  let sinceCheckpoint = 0;

  function write(text: string): void {
    const data = Buffer.from(text);
    for (let written = 0; written < data.length; ) written += writeSync(descriptor, data, written);
    size += data.length;
    sinceCheckpoint += data.length;
  }

  function writeCheckpoint(): void {
    write(textOf([checkpoint()]));
    checkpointAt = now();
    sinceCheckpoint = 0;
  }

  function beginAnew(): void {
    closeSync(descriptor);
    renameSync(path, `${path}.1`);
    descriptor = openSync(path, 'a', 0o644);
    size = 0;
    writeCheckpoint();
  }

  return {
    append(lines) {
      if (!open || lines.length === 0) return;
      write(textOf(lines));
      if (mostBytes > 0 && size >= mostBytes) beginAnew();
      else if (now() - checkpointAt >= checkpointEveryMs || sinceCheckpoint >= checkpointEveryBytes) writeCheckpoint();
    },
    close() {
      if (!open) return;
      open = false;
      closeSync(descriptor);
    },
  };
}
