/**
 * The sessions that the editor has given out, read from the file in which Node-RED keeps them. It writes the file before
 * it hands out a token and before it answers a logout, so the file is never behind, and the editor need not be up.
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
  return {
    async find(token) {
      const found = await stat(file, { bigint: true }).catch(() => null);
      const now = found === null ? '' : `${found.ino} ${found.size} ${found.mtimeNs}`;
      if (now !== seen) {
        known = found === null || found.size > maxBytes ? new Map() : await read(file);
        seen = now;
      }
      return known.get(token);
    },
  };
}

async function read(file: string): Promise<ReadonlyMap<string, Session>> {
  try {
    const entries = Object.entries(
      v.parse(v.record(v.string(), v.unknown()), JSON.parse(await readFile(file, 'utf8'))),
    );
    return new Map(
      entries.flatMap(([token, entry]): [string, Session][] => {
        const session = v.safeParse(sessionSchema, entry);
        return session.success ? [[token, session.output]] : [];
      }),
    );
  } catch {
    return new Map();
  }
}
