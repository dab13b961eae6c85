/**
 * One log file with rotation: `name.log`, then `name.log.1` and so on, oldest dropped.
 *
 * Lines wait in memory while the disk is slow, at most `maxWaiting` characters; beyond that the newest are dropped and
 * the gap is written down with its size. A disk that is full or gone costs log lines and nothing else.
 */
import { promises } from 'node:fs';

const { appendFile, rename, stat } = promises;

export interface LogFile {
  write(line: string): void;
  /** Resolves once what was written before is on disk or given up. */
  flush(): Promise<void>;
}

export interface LogFileOptions {
  readonly maxBytes?: number;
  readonly keep?: number;
  readonly maxWaiting?: number;
}

export function createLogFile(path: string, options: LogFileOptions = {}): LogFile {
  const { maxBytes = 5 * 1024 * 1024, keep = 3, maxWaiting = 1024 * 1024 } = options;
  let waiting: string[] = [];
  let characters = 0;
  let dropped = 0;
  let size: number | null = null;
  let busy: Promise<void> | null = null;

  const rotate = async (): Promise<void> => {
    for (let n = keep - 1; n >= 1; n -= 1) await rename(`${path}.${n}`, `${path}.${n + 1}`).catch(() => {});
    await rename(path, `${path}.1`).catch(() => {});
    size = 0;
  };

  const writeOut = async (): Promise<void> => {
    while (waiting.length > 0) {
      const gap = dropped > 0 ? `… ${dropped} lines dropped: the disk was slower than the output\n` : '';
      const text = gap + waiting.join('');
      waiting = [];
      characters = 0;
      dropped = 0;
      try {
        size ??= await stat(path).then(
          (found) => found.size,
          () => 0,
        );
        if (size > 0 && size + text.length > maxBytes) await rotate();
        await appendFile(path, text, { mode: 0o600 });
        size += Buffer.byteLength(text);
      } catch {
        size = null;
      }
    }
  };

  return {
    write(line) {
      if (characters + line.length > maxWaiting) {
        dropped += 1;
        return;
      }
      waiting.push(`${line}\n`);
      characters += line.length + 1;
      busy ??= writeOut().finally(() => {
        busy = null;
      });
    },
    flush: async () => {
      await busy;
    },
  };
}
