/** Sees to it that Node-RED finds a flow file that it can read, and that nothing of a broken one is ever lost. */
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { replaceFile } from '../config/replace-file.ts';
import { isRecord } from '../node-red/is-record.ts';

/** A flow file as it can be used, or one line that says why it cannot. Pure. */
export type FlowFile =
  | { readonly problem: string }
  /** `leftOut`: the places of the entries that are no nodes, or none that Node-RED can read. */
  | { readonly entries: readonly unknown[]; readonly leftOut: readonly number[] };

type CanRead = (entries: readonly unknown[]) => boolean;

/** `canRead`: whether Node-RED can make flows of these entries. */
export function readFlowFile(text: string, canRead: CanRead): FlowFile {
  if (text.trim() === '') return { entries: [], leftOut: [] };
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return {
      problem: `it is not JSON (${error instanceof Error ? error.message.replaceAll(/\s*\n\s*/g, ' ') : String(error)})`,
    };
  }
  return usableEntries(value, canRead);
}

/** What of the content of a flow file can be used. Pure. */
export function usableEntries(value: unknown, canRead: CanRead): FlowFile {
  if (!Array.isArray(value)) return { problem: 'it is not a list of nodes' };
  const listed: readonly unknown[] = value;
  const all = canRead(listed.filter(isNode));
  const isUsable = (entry: unknown): boolean => isNode(entry) && (all || canRead([entry]));
  const entries = listed.filter(isUsable);
  if (!all && !canRead(entries)) return { problem: 'Node-RED cannot make flows of it' };
  return { entries, leftOut: listed.flatMap((entry, index) => (isUsable(entry) ? [] : [index])) };
}

const isNode = (entry: unknown): boolean =>
  isRecord(entry) && typeof entry['id'] === 'string' && typeof entry['type'] === 'string';

/**
 * Puts the demo flows into an empty user directory. Takes out of the flow file what Node-RED cannot read, because it
 * would run none of the others, and replaces a file that cannot be read by the backup that Node-RED made at the last deploy, or
 * by nothing. Answers with one line for the log when it had to; the file as it was is kept.
 */
export function prepareFlowFile(
  userDir: string,
  demoFlowsFile: string | undefined,
  now: Date,
  canRead: CanRead,
): string | undefined {
  mkdirSync(userDir, { recursive: true });
  const file = path.join(userDir, 'flows.json');
  if (!existsSync(file)) {
    if (demoFlowsFile !== undefined && existsSync(demoFlowsFile)) copyFileSync(demoFlowsFile, file);
    return undefined;
  }
  const backup = path.join(userDir, '.flows.json.backup');
  const text = readFileSync(file, 'utf8');
  // Node-RED leaves an empty one behind where the disk is full, and would put the backup in its place by a copy.
  const found = text === '' && sizeOf(backup) > 0 ? { problem: 'it is empty' } : readFlowFile(text, canRead);
  if ('entries' in found && found.leftOut.length === 0) return undefined;
  const kept = `${file}.broken-${now.toISOString().replaceAll(/[:.]/g, '-')}`;
  if ('entries' in found) {
    copyFileSync(file, kept);
    replaceFile(file, JSON.stringify(found.entries, undefined, 4), statSync(file).mode);
    return `the flow file ${file} ${whatIsLeftOut(found.leftOut)}: that was left out, all else runs; the file as it was is kept as ${path.basename(kept)}`;
  }
  const usable = existsSync(backup) && !('problem' in readFlowFile(readFileSync(backup, 'utf8'), canRead));
  renameSync(file, kept);
  if (usable) putInPlace(backup, file);
  const instead = usable ? 'the flows before the last deploy are used' : 'the editor starts without flows';
  return `the flow file ${file} cannot be used: ${found.problem}; it was kept as ${path.basename(kept)} and ${instead}`;
}

/** Where there is no room for a copy, the backup itself: a file that is not whole would be all flows gone. */
function putInPlace(backup: string, file: string): void {
  try {
    replaceFile(file, readFileSync(backup, 'utf8'), statSync(backup).mode);
  } catch {
    renameSync(backup, file);
  }
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

export const whatIsLeftOut = (indices: readonly number[]): string =>
  `holds what is no node with an id and a type, or none that Node-RED can read (${placesOf(indices)})`;

const mostPlaces = 10;

/** As a person counts them. */
function placesOf(indices: readonly number[]): string {
  const named = indices.slice(0, mostPlaces).map((index) => index + 1);
  const more = indices.length - named.length;
  const places = `${indices.length === 1 ? 'entry' : 'entries'} ${named.join(', ')}`;
  return more === 0 ? places : `${places} and ${more} more`;
}
