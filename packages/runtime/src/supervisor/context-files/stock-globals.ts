import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { serialize } from 'node:v8';
import { isRecord } from '@bulkhead/core';
import { globalBounds } from '../../protocol/global-bounds.ts';
import type { GlobalEntry } from '../../protocol/messages.ts';

/** The global context that a stock Node-RED kept in files, for a house that has none of its own yet. Never rejects. */
export async function stockGlobals(userDir: string, log: (line: string) => void): Promise<GlobalEntry[]> {
  const file = path.join(userDir, 'context', 'global', 'global.json');
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return [];
  }
  try {
    const values: unknown = JSON.parse(text);
    if (!isRecord(values)) throw new Error('it holds no object');
    return Object.entries(values).flatMap(([key, value]) => {
      const bytes = serialize(value);
      if (bytes.byteLength <= globalBounds.valueBytes) return { store: 'file', key, version: 1, bytes, writer: '' };
      log(`global.${key} in ${file} was not taken over: it has more than ${globalBounds.valueBytes / 1024 / 1024} MB`);
      return [];
    });
  } catch (error) {
    log(`the global context in ${file} was not taken over: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}
