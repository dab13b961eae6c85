/**
 * A module that breaks the editor process must not lock its user out of the editor: after three crashes in a row the
 * process starts without the module that was installed last, and says so.
 *
 * A start that lived `steadyAfterMs`, or that ended cleanly, ends the row.
 */
import { readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { errorMessage } from '@bulkhead/core';
import { replaceFile } from '../config/replace-file.ts';
import { isRecord } from '../node-red/is-record.ts';

const crashesInARow = 3;
const steadyAfterMs = 60_000;

export interface SafePalette {
  /** Modules to leave out at this start. */
  readonly excluded: readonly string[];
  /** The process ends because it was asked to. */
  endedCleanly(): void;
}

/**
 * Counts this start as a crash until it proves otherwise. On a full disk it cannot be counted, which is said; the editor
 * starts all the same, and what was left out before stays out.
 */
export function openSafePalette(userDir: string, say: (line: string) => void): SafePalette {
  const file = path.join(userDir, '.bulkhead-starts.json');
  const { starts, excluded } = afterStart(read(file), () => lastInstalled(userDir));
  const keep = (count: number): void => replaceFile(file, JSON.stringify({ starts: count, excluded }), 0o644);
  try {
    keep(starts);
  } catch (error) {
    const lost = 'a palette module that crashes the editor will not be left out until they are';
    say(`the starts of the editor are not counted, ${lost}: ${errorMessage(error)}`);
  }
  const reset = (): void => {
    try {
      // What was left out stays out until it is installed or removed anew.
      if (excluded.length === 0) rmSync(file, { force: true });
      else keep(0);
    } catch (error) {
      console.error(`the starts of the editor are still counted as crashes: ${errorMessage(error)}`);
    }
  };
  setTimeout(reset, steadyAfterMs).unref();
  return { excluded: excluded.map((module) => module.name), endedCleanly: reset };
}

export interface InstalledModule {
  readonly name: string;
  /** Time of its package.json, epoch ms: an update or another install changes it. */
  readonly installedAt: number;
}

interface Starts {
  readonly starts: number;
  readonly excluded: readonly InstalledModule[];
}

/** Pure: what a start makes of the row of starts before it. */
export function afterStart(before: Starts, newest: () => readonly InstalledModule[]): Starts {
  const installed = newest();
  // A module that was updated or removed since is no longer left out.
  const excluded = before.excluded.filter((old) =>
    installed.some((now) => now.name === old.name && now.installedAt === old.installedAt),
  );
  if (before.starts < crashesInARow) return { starts: before.starts + 1, excluded };
  const suspect = installed.find((module) => !excluded.some((old) => old.name === module.name));
  return { starts: 1, excluded: suspect === undefined ? excluded : [...excluded, suspect] };
}

/** Modules that the user installed, newest first. */
function lastInstalled(userDir: string): InstalledModule[] {
  const manifest = readJson(path.join(userDir, 'package.json'));
  const names = isRecord(manifest) && isRecord(manifest['dependencies']) ? Object.keys(manifest['dependencies']) : [];
  return names
    .flatMap((name) => {
      try {
        return [{ name, installedAt: statSync(path.join(userDir, 'node_modules', name, 'package.json')).ctimeMs }];
      } catch {
        return [];
      }
    })
    .sort((a, b) => b.installedAt - a.installedAt);
}

function read(file: string): Starts {
  const value = readJson(file);
  if (!isRecord(value) || typeof value['starts'] !== 'number') return { starts: 0, excluded: [] };
  const listed = Array.isArray(value['excluded']) ? value['excluded'].filter(isRecord) : [];
  const excluded = listed.flatMap(({ name, installedAt }) =>
    typeof name === 'string' && typeof installedAt === 'number' ? [{ name, installedAt }] : [],
  );
  return { starts: value['starts'], excluded };
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
