/** What stands between the network and the house: logins, the brake on guessing, and the audit. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import type { DoorLogin } from '../../protocol/boot.ts';
import { createAudit, isAudited } from './audit.ts';
import { bearerOf, createLogin } from './login.ts';
import { createLoginThrottle } from './login-throttle.ts';
import { sessionsIn } from './sessions.ts';

export interface Door {
  authorize(request: IncomingMessage, permission: string): Promise<boolean>;
  /**
   * To be called with every request that is not for a flow. A number: the request is not let in for so many seconds.
   * Otherwise the end of the answer is written into the audit, where it may change something.
   */
  enter(request: IncomingMessage, response: ServerResponse): number | null;
  /** What the editor could not write to the file of sessions; null: the file says all. */
  sessions(unwritten: Readonly<Record<string, unknown>> | null): void;
  /** An audit event of the editor process. */
  audit(event: string, details: Readonly<Record<string, string>>): void;
  /** Whether `/metrics` is for everybody. */
  readonly metricsAreOpen: boolean;
}

/**
 * As express takes it, and more: in upper or lower case, with whatever comes behind it. In an address with a fragment or a
 * space it reads a backslash as a slash.
 */
const loginPath = /^\/auth[/\\]token/i;

export function createDoor(options: {
  readonly rules: DoorLogin | null;
  readonly home: string;
  readonly editorUserDir: string;
  readonly now: () => number;
}): Door {
  const { rules, now } = options;
  const sessions = sessionsIn(path.join(options.editorUserDir, '.sessions.json'));
  const login = createLogin(rules, sessions, now);
  const throttle = createLoginThrottle(now);
  const audit = createAudit(path.join(options.home, 'logs', 'audit.jsonl'), now);

  return {
    metricsAreOpen: rules === null || rules.metrics === 'open',
    authorize: (request, permission) => login.may(bearerOf(request), permission),
    enter(request, response) {
      const method = request.method ?? 'GET';
      const target = (request.url ?? '/').split('?', 1)[0] ?? '/';
      if (!isAudited(method, target)) return null;
      const address = request.socket.remoteAddress ?? '';
      const isLogin = rules !== null && loginPath.test(target);
      const waitS = isLogin ? throttle.waitS(address) : 0;
      // Asked now: a logout ends the session that it names.
      const who = login.who(bearerOf(request));
      response.once('close', () => {
        const status = response.statusCode;
        if (isLogin && waitS === 0 && status >= 400) throttle.failed(address);
        void who.then((name) => audit.request(request, { who: name, address, status }));
      });
      return waitS === 0 ? null : waitS;
    },
    sessions: (unwritten) => sessions.hold(unwritten),
    audit: audit.event,
  };
}
