import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { isRecord } from '@bulkhead/core';
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
    return Object.entries(values).map(([key, value]) => ({ store: 'file', key, version: 1, value, writer: '' }));
  } catch (error) {
    log(`the global context in ${file} was not taken over: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}
