import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { isRecord } from '@bulkhead/core';
import type { GlobalEntry } from '../../protocol/messages.ts';

const gatherMs = 500;

/** Keeps the global context of stores on disk; written aside and renamed, so that a kill leaves the old file. */
export interface HubFile {
  /** Empty when there is no file, or when it cannot be read: then it is kept aside and said. */
  load(): Promise<GlobalEntry[]>;
  save(entries: () => readonly GlobalEntry[]): void;
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
        return Array.isArray(entries) ? entries.filter(isGlobalEntry) : [];
      } catch {
        await rename(file, `${file}.broken`).catch(() => {});
        log(`global context in ${file} could not be read; it was kept as ${file}.broken`);
        return [];
      }
    },
    save(entries) {
      content = entries;
      timer ??= setTimeout(() => void flush(), gatherMs).unref();
    },
    flush,
  };
}

function isGlobalEntry(value: unknown): value is GlobalEntry {
  return (
    isRecord(value) &&
    typeof value['store'] === 'string' &&
    typeof value['key'] === 'string' &&
    typeof value['version'] === 'number' &&
    typeof value['writer'] === 'string'
  );
}
