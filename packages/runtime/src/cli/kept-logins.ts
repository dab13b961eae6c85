/**
 * What `login` keeps for the other commands: `logins.json` in the home, readable by its owner alone. One login for each
 * address, so that a token is never sent to another house than the one that gave it.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import * as v from 'valibot';
import { errorMessage } from '@bulkhead/core';
import { replaceFile } from '../config/replace-file.ts';
import { CommandError } from './command-error.ts';

export interface KeptLogin {
  readonly user: string;
  readonly token: string;
  /** Epoch ms. */
  readonly expires: number;
}

export interface KeptLogins {
  readonly file: string;
  /** Null where there is none, and after its time. */
  of(url: string): KeptLogin | null;
  /** Throws a `CommandError` where nothing can be kept. */
  keep(url: string, login: KeptLogin): void;
  forget(url: string): void;
}

const fileSchema = v.record(v.string(), v.object({ user: v.string(), token: v.string(), expires: v.number() }));

export function keptLogins(home: string, now: () => number): KeptLogins {
  const file = path.join(home, 'logins.json');
  const read = (): Readonly<Record<string, KeptLogin>> => {
    try {
      return v.parse(fileSchema, JSON.parse(readFileSync(file, 'utf8')));
    } catch {
      // None yet, or not readable: then one logs in once more.
      return {};
    }
  };
  const alive = (): [string, KeptLogin][] => Object.entries(read()).filter(([, { expires }]) => expires > now());
  const write = (logins: readonly (readonly [string, KeptLogin])[]): void => {
    try {
      mkdirSync(home, { recursive: true, mode: 0o711 });
      replaceFile(file, `${JSON.stringify(Object.fromEntries(logins), null, 2)}\n`, 0o600);
    } catch (error) {
      throw new CommandError(
        `the login cannot be kept: ${errorMessage(error)}; set BULKHEAD_HOME to a directory of your own`,
      );
    }
  };
  return {
    file,
    of: (url) => alive().find(([known]) => known === url)?.[1] ?? null,
    keep: (url, login) => write([...alive().filter(([known]) => known !== url), [url, login]]),
    forget: (url) => write(alive().filter(([known]) => known !== url)),
  };
}
