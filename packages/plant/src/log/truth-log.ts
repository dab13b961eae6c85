import { closeSync, openSync, writeSync } from 'node:fs';
import type { TruthLine } from './truth-line.ts';

const checkpointEveryMs = 2000;
const checkpointEveryBytes = 128 * 1024;

export interface TruthLog {
  /**
   * Appends lines. They are in the file when this returns and are then served: what a client holds is always in the
   * log, also after a kill -9 (not after a power cut: nothing is synced).
   */
  append(lines: readonly TruthLine[]): void;
  close(): void;
}

/** Opens `path` for appending. `checkpoint` is asked for every 2 s or 128 kB, whichever is first. Throws as fs does. */
export function openTruthLog(path: string | undefined, checkpoint: () => TruthLine, now: () => number): TruthLog {
  if (path === undefined) return { append() {}, close() {} };
  const descriptor = openSync(path, 'a', 0o644);
  let open = true;
  let checkpointAt = 0;
  let bytes = 0;
  return {
    append(lines) {
      if (!open || lines.length === 0) return;
      let text = '';
      for (const line of lines) text += `${JSON.stringify(line)}\n`;
      bytes += text.length;
      if (now() - checkpointAt >= checkpointEveryMs || bytes >= checkpointEveryBytes) {
        checkpointAt = now();
        bytes = 0;
        text += `${JSON.stringify(checkpoint())}\n`;
      }
      const data = Buffer.from(text);
      for (let written = 0; written < data.length; ) written += writeSync(descriptor, data, written);
    },
    close() {
      if (!open) return;
      open = false;
      closeSync(descriptor);
    },
  };
}
