/**
 * Who may do what at the house's own door. Decided here and not by the editor, so that `/bulkhead/*` is neither open nor
 * shut while the editor process is away.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { DoorLogin, Permissions } from '../../protocol/boot.ts';
import { permits } from './permissions.ts';
import type { Sessions } from './sessions.ts';

export interface Login {
  may(token: string | null, permission: string): Promise<boolean>;
  /** The name behind a token, for the audit; null for nobody. */
  who(token: string | null): Promise<string | null>;
}

interface Person {
  readonly name: string;
  /** All of them have to grant. */
  readonly grants: readonly Permissions[];
}

/** Where nobody has to log in, `rules` is null. */
export function createLogin(rules: DoorLogin | null, sessions: Sessions, now: () => number): Login {
  const find = async (token: string | null): Promise<Person | null> => {
    if (rules === null || token === null) return null;
    const service = rules.tokens.find(({ sha256 }) => sha256 === createHash('sha256').update(token).digest('hex'));
    if (service) return { name: service.name, grants: [service.permissions] };
    const session = await sessions.find(token);
    if (!session || session.expires < now()) return null;
    // What was taken from a person in bulkhead.yaml is gone, also from sessions that were begun before.
    const user = rules.users.find(({ username }) => username === session.user);
    return user ? { name: user.username, grants: [session.scope, user.permissions] } : null;
  };
  return {
    async may(token, permission) {
      if (rules === null) return true;
      const person = await find(token);
      if (person) return person.grants.every((granted) => permits(granted, permission));
      return rules.default !== null && permits(rules.default, permission);
    },
    who: async (token) => (await find(token))?.name ?? null,
  };
}

export function bearerOf(request: IncomingMessage): string | null {
  const [scheme, token] = (request.headers.authorization ?? '').split(' ', 2);
  return scheme?.toLowerCase() === 'bearer' && token ? token : null;
}
