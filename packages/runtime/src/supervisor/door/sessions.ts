/**
 * The sessions that the editor has given out, read from the file in which Node-RED keeps them. It writes the file before
 * it hands out a token and before it answers a logout, so the file is never behind, and the editor need not be up. Where it
 * cannot write the file it says what should stand there (`editor/sessions.ts`).
 */
import { readFile, stat } from 'node:fs/promises';
import * as v from 'valibot';
import type { Permissions } from '../../protocol/boot.ts';

export interface Session {
  readonly user: string;
  readonly scope: Permissions;
  /** Epoch ms. */
  readonly expires: number;
}

export interface Sessions {
  /** In place of what the file holds, until this is null. */
  hold(unwritten: Readonly<Record<string, unknown>> | null): void;
  find(token: string): Promise<Session | undefined>;
}

/** A week of logins has some hundred entries of 300 bytes. */
const maxBytes = 16 * 1024 * 1024;

const sessionSchema = v.object({
  user: v.string(),
  scope: v.union([v.string(), v.array(v.string())]),
  expires: v.number(),
});

export function sessionsIn(file: string): Sessions {
  let seen = '';
  let known: ReadonlyMap<string, Session> = new Map();
  let held: ReadonlyMap<string, Session> | null = null;
  return {
    hold(unwritten) {
      held = unwritten && sessionsOf(unwritten);
    },
    async find(token) {
      if (held !== null) return held.get(token);
      const found = await stat(file, { bigint: true }).catch(() => null);
      const now = found === null ? '' : `${found.ino} ${found.size} ${found.mtimeNs}`;
      if (now !== seen) {
        // What is torn was written by nobody who meant it: those that it held before go on.
        known = found === null || found.size > maxBytes ? new Map() : ((await read(file)) ?? known);
        seen = now;
      }
      return known.get(token);
    },
  };
}

/** Null where it cannot be read. */
async function read(file: string): Promise<ReadonlyMap<string, Session> | null> {
  try {
    return sessionsOf(v.parse(v.record(v.string(), v.unknown()), JSON.parse(await readFile(file, 'utf8'))));
  } catch {
    return null;
  }
}

const sessionsOf = (entries: Readonly<Record<string, unknown>>): ReadonlyMap<string, Session> =>
  new Map(
    Object.entries(entries).flatMap(([token, entry]): [string, Session][] => {
      const session = v.safeParse(sessionSchema, entry);
      return session.success ? [[token, session.output]] : [];
    }),
  );
