/**
 * Who did what, when, and how it ended: one JSON object per line in `logs/audit.jsonl`, rotated, four files of 5 MB at
 * most. No bodies, no query strings: they may hold secrets.
 */
import type { IncomingMessage } from 'node:http';
import { createLogFile } from '../../keeper/log-file.ts';
import { createPerSecondLimit } from '../../node-red/per-second-limit.ts';

export interface Audit {
  /** A request that may change something, once it was answered. */
  request(request: IncomingMessage, done: { who: string | null; address: string; status: number }): void;
  /** What the editor says of logins and refusals. */
  event(event: string, details: Readonly<Record<string, string>>): void;
}

/** A stranger must not be able to write the file full, and so what matters out of it. */
const refusedPerSecond = 10;
const reading = new Set(['GET', 'HEAD', 'OPTIONS']);
/** What a browser saves of its own view, every few seconds. */
const unimportant = new Set(['/settings/user']);

export function isAudited(method: string, path: string): boolean {
  return !reading.has(method) && !unimportant.has(path);
}

export function createAudit(file: string, now: () => number): Audit {
  const log = createLogFile(file, { keep: 3 });
  const limit = createPerSecondLimit(refusedPerSecond);
  const write = (entry: Readonly<Record<string, unknown>>): void =>
    log.write(JSON.stringify({ at: new Date(now()).toISOString(), ...entry }));
  const refused = (entry: Readonly<Record<string, unknown>>): void => {
    const wanted = limit.take(now());
    const dropped = limit.takeDropped(now());
    if (dropped > 0) write({ event: 'audit.dropped', lines: dropped });
    if (wanted) write(entry);
  };
  return {
    request(request, { who, address, status }) {
      const path = (request.url ?? '/').split('?', 1)[0]?.slice(0, 500) ?? '/';
      const type = request.headers['node-red-deployment-type'];
      const deploy = path === '/flows' ? { deploy: typeof type === 'string' ? type.slice(0, 20) : 'full' } : {};
      const entry = { user: who, address, method: request.method, path, ...deploy, status };
      if (who === null && status >= 400) refused(entry);
      else write(entry);
    },
    event(event, details) {
      if (event.includes('fail') || event.includes('invalid')) refused({ event, ...details });
      else write({ event, ...details });
    },
  };
}
