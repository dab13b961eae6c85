/**
 * How the editor keeps its sessions, in place of Node-RED's own way: that replaces the file by a part of it, or by
 * nothing, where the disk is full, and the next start would know no session at all.
 *
 * Written whole or not at all. What cannot be written counts all the same, as it does in Node-RED, and is told to the
 * supervisor, whose door goes by the file otherwise; it is tried again until it can.
 */
import path from 'node:path';
import { errorMessage } from '@bulkhead/core';
import { replaceFile } from '../config/replace-file.ts';
import { loadStorage, type StoredSessions } from '../node-red/internals.ts';

export interface SessionFile {
  /** Null while the file says all. */
  readonly unwritten: StoredSessions | null;
}

export function keepSessions(
  userDir: string,
  tell: (unwritten: StoredSessions | null) => void,
  say: (line: string) => void,
  tryAgainMs = 5_000,
): SessionFile {
  const file = path.join(userDir, '.sessions.json');
  let unwritten: StoredSessions | null = null;
  let timer: NodeJS.Timeout | null = null;

  const write = (sessions: StoredSessions, isAgain: boolean): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const before = unwritten;
    try {
      replaceFile(file, JSON.stringify(sessions), 0o600);
      unwritten = null;
      if (before === null) return;
      tell(null);
      say(`the sessions are written again to ${file}`);
    } catch (error) {
      unwritten = sessions;
      if (!isAgain) tell(sessions);
      timer = setTimeout(() => write(sessions, true), tryAgainMs).unref();
      // Once per outage.
      const lost = 'who logs in or out now has done so until the editor is restarted';
      if (before === null) say(`the sessions could not be written to ${file}, ${lost}: ${errorMessage(error)}`);
    }
  };
  loadStorage().saveSessions = (sessions) => {
    write({ ...sessions }, false);
    return Promise.resolve();
  };
  return {
    get unwritten() {
      return unwritten;
    },
  };
}
