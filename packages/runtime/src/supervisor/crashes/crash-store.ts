/**
 * Crash reports on disk: below `crashes/`, a folder for each compartment, in it `<id>.json` and, where the message in
 * hand is known, `<id>.message.json`. Each file is written aside and renamed, the message first: a report that is there
 * is whole. Bounded per compartment in number, and by what one report may hold in bytes (300 kB).
 */
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import type { InHand } from '../../protocol/in-hand.ts';
import { directoryName } from '../compartment-process.ts';
import { type CrashReport, crashReportSchema } from './crash-report.ts';

const mostReports = 20;
/** Of compartments that are gone as well. */
const mostFolders = 500;

export interface CrashStore {
  /** Oldest first. */
  reports(compartmentId: string): readonly CrashReport[];
  add(compartmentId: string, report: CrashReport, inHand: InHand | null): void;
  /** What the node held, as JSON with tags; undefined where it is not kept. */
  message(compartmentId: string, reportId: string): Promise<unknown>;
  /** False when there is no such report. */
  remove(compartmentId: string, reportId: string): boolean;
  /** Resolves once everything so far is on disk. */
  saved(): Promise<void>;
}

export async function openCrashStore(folder: string, log: (line: string) => void): Promise<CrashStore> {
  const byFolder = new Map<string, CrashReport[]>();
  let work: Promise<void> = Promise.resolve();

  const inOrder = (task: () => Promise<unknown>): void => {
    work = work.then(async () => {
      try {
        await task();
      } catch (error) {
        log(`crash reports in ${folder}: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
  };
  const replace = async (file: string, content: unknown): Promise<void> => {
    await writeFile(`${file}.new`, JSON.stringify(content), { mode: 0o600, flush: true });
    await rename(`${file}.new`, file);
  };
  const fileOf = (name: string, reportId: string): string => path.join(folder, name, `${reportId}.json`);
  const messageFileOf = (name: string, reportId: string): string => path.join(folder, name, `${reportId}.message.json`);
  const erase = (name: string, reportId: string): void =>
    inOrder(async () => {
      await rm(fileOf(name, reportId), { force: true });
      await rm(messageFileOf(name, reportId), { force: true });
    });

  // A disk that is full or broken costs reports, not the house.
  inOrder(async () => {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    for (const { name } of names.slice(0, mostFolders)) byFolder.set(name, await load(path.join(folder, name)));
    for (const { name } of names.slice(mostFolders))
      await rm(path.join(folder, name), { recursive: true, force: true });
  });
  await work;

  return {
    reports: (compartmentId) => byFolder.get(directoryName(compartmentId)) ?? [],
    add(compartmentId, report, inHand) {
      const name = directoryName(compartmentId);
      const known = byFolder.get(name) ?? [];
      byFolder.set(name, known);
      const same = known.findIndex(({ id }) => id === report.id);
      // A supervisor that was restarted may be told twice; the first time the message was still there.
      if (same !== -1) return;
      known.push(report);
      inOrder(async () => {
        await mkdir(path.join(folder, name), { recursive: true, mode: 0o700 });
        if (inHand !== null) await replace(messageFileOf(name, report.id), inHand.message);
        await replace(fileOf(name, report.id), report);
      });
      for (const old of known.splice(0, Math.max(0, known.length - mostReports))) erase(name, old.id);
    },
    async message(compartmentId, reportId) {
      await work;
      const name = directoryName(compartmentId);
      if (!byFolder.get(name)?.some(({ id, message }) => id === reportId && message !== null)) return undefined;
      try {
        const message: unknown = JSON.parse(await readFile(messageFileOf(name, reportId), 'utf8'));
        return message;
      } catch {
        return undefined;
      }
    },
    remove(compartmentId, reportId) {
      const name = directoryName(compartmentId);
      const known = byFolder.get(name) ?? [];
      const index = known.findIndex(({ id }) => id === reportId);
      if (index === -1) return false;
      known.splice(index, 1);
      erase(name, reportId);
      return true;
    },
    saved: () => work,
  };
}

/** Reports of a folder, oldest first. What cannot be read is of another version, or was torn by a power cut. */
async function load(folder: string): Promise<CrashReport[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json') && !file.endsWith('.message.json'));
  const reports = await Promise.all(
    files.map(async (file) => {
      try {
        const { success, output } = v.safeParse(
          crashReportSchema,
          JSON.parse(await readFile(path.join(folder, file), 'utf8')),
        );
        return success ? output : null;
      } catch {
        return null;
      }
    }),
  );
  return reports.filter((report) => report !== null).sort((a, b) => a.at - b.at);
}
