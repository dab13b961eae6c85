/** Node-RED's `adminAuth` from the login of the house, and what is kept of sessions when that login has changed. */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { errorMessage } from '@bulkhead/core';
import { replaceFile } from '../config/replace-file.ts';
import { type LogMessage, loadPermissions, type NodeRedSettings } from '../node-red/internals.ts';
import { isRecord } from '../node-red/is-record.ts';
import { createPerSecondLimit } from '../node-red/per-second-limit.ts';
import type { LoginRules } from '../protocol/boot.ts';

export function adminAuth({ users, tokens, default: everybody, sessionS }: LoginRules): NodeRedSettings {
  return {
    type: 'credentials',
    users: structuredClone(users),
    sessionExpiryTime: sessionS,
    tokens: async (token: string) => {
      const sha256 = createHash('sha256').update(token).digest('hex');
      const found = tokens.find((one) => one.sha256 === sha256);
      return found === undefined ? null : { username: found.name, permissions: found.permissions };
    },
    ...(everybody === null ? {} : { default: { permissions: everybody } }),
  };
}

/**
 * Ends the sessions that `bulkhead.yaml` allows no longer: Node-RED asks only whether the user still exists. Call before
 * it starts. Where the others cannot be written, for the disk is full, they end with them.
 */
export function pruneSessions(userDir: string, login: LoginRules | undefined, say: (line: string) => void): void {
  const file = path.join(userDir, '.sessions.json');
  let sessions: unknown;
  try {
    sessions = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return;
  }
  if (!isRecord(sessions)) return;
  const { hasPermission } = loadPermissions();
  const kept = Object.entries(sessions).filter(([, session]) => {
    const user = login?.users.find(({ username }) => isRecord(session) && session['user'] === username);
    return user !== undefined && isRecord(session) && hasPermission(user.permissions, session['scope']);
  });
  if (kept.length === Object.keys(sessions).length) return;
  try {
    replaceFile(file, JSON.stringify(Object.fromEntries(kept)), 0o600);
  } catch (error) {
    rmSync(file, { force: true });
    say(`everybody has to log in again: sessions that are not allowed any more end, and ${errorMessage(error)}`);
  }
}

const eventsPerSecond = 20;
/** A service token is no session token: Node-RED says so each time before it asks for service tokens. */
const noise = 'auth.invalid-token';

/** The `logging` setting of Node-RED that tells of logins, logouts and refusals. */
export function auditLogging(tell: (event: string, details: Record<string, string>) => void): NodeRedSettings {
  const limit = createPerSecondLimit(eventsPerSecond);
  return {
    level: 'off',
    metrics: false,
    audit: true,
    handler: () => (message: LogMessage & Record<string, unknown>) => {
      const { event } = message;
      if (typeof event !== 'string' || !/^(auth|permission)\./.test(event) || event === noise) return;
      if (!limit.take(Date.now())) return;
      const details: Record<string, string> = {};
      const user = isRecord(message['user']) ? message['user']['username'] : message['username'];
      for (const [name, value] of Object.entries({ user, path: message['path'], permission: message['permissions'] }))
        if (typeof value === 'string') details[name] = value.slice(0, 200);
      tell(event, details);
    },
  };
}
