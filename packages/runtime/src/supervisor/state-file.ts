/**
 * `supervisor/state.json`: what is kept of each compartment. Beside it stands the version before (`.previous`). A file, or an
 * entry of it, that cannot be read is said, kept aside, and taken from there: limits and privileges that a person set must
 * not fall back to those of the house without a word.
 */
import { copyFile, link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorMessage } from '@bulkhead/core';
import { type Kept, parseKept } from './kept.ts';

export interface NotWritten {
  /** Of the file system, where it gave one. */
  readonly code: string;
  readonly message: string;
}

export interface StateFile {
  /** Everything kept, by compartment id; empty when there is no file. Never rejects. */
  load(): Promise<Map<string, Kept>>;
  /** Writes soon; several calls in a short time become one write. What cannot be written is tried again until it can. */
  save(content: () => ReadonlyMap<string, Kept>): void;
  /** Writes at once. Null once everything that was to be saved is on disk. Never rejects. */
  saved(): Promise<NotWritten | null>;
}

const gatherMs = 20;

/** `say`: for the log and the person at the terminal. */
export function createStateFile(file: string, say: (line: string) => void, tryAgainMs = 5_000): StateFile {
  const previous = `${file}.previous`;
  let latest: (() => ReadonlyMap<string, Kept>) | null = null;
  let timer: NodeJS.Timeout | null = null;
  let work: Promise<NotWritten | null> = Promise.resolve(null);
  let onDisk: string | null = null;
  let problem: NotWritten | null = null;

  const writeSoon = (afterMs: number): void => {
    timer ??= setTimeout(() => void write(false), afterMs).unref();
  };
  const write = (alsoUnchanged: boolean): Promise<NotWritten | null> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    work = work.then(async () => {
      const text = latest && JSON.stringify(Object.fromEntries(latest()));
      if (text === null || (text === onDisk && problem === null && !alsoUnchanged)) return problem;
      try {
        await replace(text);
        onDisk = text;
        if (problem !== null) say(`the state file ${file} is written again`);
        problem = null;
      } catch (error) {
        const before = problem;
        problem = { code: codeOf(error), message: `${file} could not be written: ${errorMessage(error)}` };
        // Once per outage.
        if (before === null) say(`the state file ${problem.message}; it is tried again every ${tryAgainMs / 1_000} s`);
        writeSoon(tryAgainMs);
      }
      return problem;
    });
    return work;
  };
  /** Written aside and renamed: a kill or a power cut in the middle leaves the old file. */
  const replace = async (text: string): Promise<void> => {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(`${file}.new`, text, { mode: 0o600, flush: true });
    // Without a second copy the file itself is still worth having.
    await keepAsPrevious().catch(() => {});
    await rename(`${file}.new`, file);
  };
  const keepAsPrevious = async (): Promise<void> => {
    await rm(`${previous}.new`, { force: true });
    // Some file systems have no hard links.
    await link(file, `${previous}.new`).catch(() => copyFile(file, `${previous}.new`));
    await rename(`${previous}.new`, previous);
  };
  const earlier = async (): Promise<Map<string, Kept> | null> => {
    try {
      return parseKept(JSON.parse(await readFile(previous, 'utf8'))).entries;
    } catch {
      return null;
    }
  };
  const keepAside = async (keep: (aside: string) => Promise<void>): Promise<string> => {
    const aside = `${file}.broken-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`;
    return keep(aside).then(
      () => `it was kept as ${path.basename(aside)}`,
      (error: unknown) => `it could not be kept (${errorMessage(error)})`,
    );
  };
  const instead = async (because: string): Promise<Map<string, Kept>> => {
    const known = await earlier();
    const kept = await keepAside((aside) => rename(file, aside));
    const then = known
      ? 'the version before it is used'
      : 'every compartment starts with the limits, policy and privilege of the house';
    say(`the state file ${file} cannot be used: ${because}; ${kept} and ${then}`);
    // At once: a supervisor that is killed before its first change must not find that there is no file, and no reason to look further.
    if (known) await replace(JSON.stringify(Object.fromEntries(known))).catch(() => {});
    return known ?? new Map();
  };
  const withEarlier = async (entries: Map<string, Kept>, unreadable: readonly string[]): Promise<Map<string, Kept>> => {
    const known = await earlier();
    const kept = await keepAside((aside) => copyFile(file, aside));
    for (const id of unreadable) {
      const entry = known?.get(id);
      if (entry) entries.set(id, entry);
      const then = entry
        ? 'that of the version before is used'
        : 'it starts with the limits, policy and privilege of the house';
      say(`the state file ${file}: the entry of compartment ${id} cannot be read; ${kept} and ${then}`);
    }
    return entries;
  };

  return {
    async load() {
      try {
        const { entries, unreadable } = parseKept(JSON.parse(await readFile(file, 'utf8')));
        return unreadable.length === 0 ? entries : await withEarlier(entries, unreadable);
      } catch (error) {
        return codeOf(error) === 'ENOENT' ? new Map() : instead(reasonOf(error));
      }
    },
    save(content) {
      latest = content;
      writeSoon(gatherMs);
    },
    saved: () => write(true),
  };
}

const codeOf = (error: unknown): string => (error instanceof Error && 'code' in error ? String(error.code) : 'error');

const reasonOf = (error: unknown): string =>
  error instanceof SyntaxError
    ? `it is not JSON (${errorMessage(error).replaceAll(/\s*\n\s*/g, ' ')})`
    : errorMessage(error);
