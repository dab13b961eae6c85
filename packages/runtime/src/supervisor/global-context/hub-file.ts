import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { isRecord } from '@bulkhead/core';
import type { GlobalEntry } from '../../protocol/messages.ts';

const leastGatherMs = 500;
/** As a stock Node-RED. */
const mostGatherMs = 30_000;
/** All of it is written each time: a small value that changes often must not write a large one as often. */
const bytesPerSecond = 10 * 1024 * 1024;

/** Keeps the global context of stores on disk; written aside and renamed, so that a kill leaves the old file. */
export interface HubFile {
  /** Empty when there is no file, or when it cannot be read: then it is kept aside and said. */
  load(): Promise<GlobalEntry[]>;
  /** Soon; the more bytes, the later. */
  save(entries: () => readonly GlobalEntry[], bytes: number): void;
  /** Writes what still waits. */
  flush(): Promise<void>;
}

export function createHubFile(file: string, log: (line: string) => void): HubFile {
  let timer: NodeJS.Timeout | null = null;
  let content: (() => readonly GlobalEntry[]) | null = null;
  let writing: Promise<void> = Promise.resolve();
  const write = async (): Promise<void> => {
    const entries = content?.();
    content = null;
    if (!entries) return;
    try {
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(`${file}.new`, serialize(entries), { mode: 0o600 });
      await rename(`${file}.new`, file);
    } catch (error) {
      log(`global context could not be written to ${file}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const flush = (): Promise<void> => {
    if (timer) clearTimeout(timer);
    timer = null;
    writing = writing.then(write);
    return writing;
  };
  return {
    async load() {
      let bytes: Buffer;
      try {
        bytes = await readFile(file);
      } catch {
        return [];
      }
      try {
        const entries: unknown = deserialize(bytes);
        return Array.isArray(entries) ? entries.flatMap(asGlobalEntry) : [];
      } catch {
        await rename(file, `${file}.broken`).catch(() => {});
        log(`global context in ${file} could not be read; it was kept as ${file}.broken`);
        return [];
      }
    },
    save(entries, bytes) {
      content = entries;
      const gatherMs = Math.max(leastGatherMs, (bytes / bytesPerSecond) * 1000);
      timer ??= setTimeout(() => void flush(), Math.min(mostGatherMs, gatherMs)).unref();
    },
    flush,
  };
}

/** None for what is no value. Earlier files held the values themselves, and what was deleted as well. */
function asGlobalEntry(entry: unknown): GlobalEntry[] {
  if (!isRecord(entry)) return [];
  const { store, key, version, writer, value } = entry;
  const bytes = value === undefined ? entry['bytes'] : serialize(value);
  return typeof store === 'string' &&
    typeof key === 'string' &&
    typeof version === 'number' &&
    typeof writer === 'string' &&
    bytes instanceof Uint8Array
    ? [{ store, key, version, writer, bytes }]
    : [];
}
