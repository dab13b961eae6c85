import { isRecord } from '@bulkhead/core';
import type { Command } from './command.ts';
import { CommandError } from './command-error.ts';
import { type Answer, send } from './house.ts';
import { oneLine } from './table.ts';

/** `bulkhead login`: asks for user and password, and keeps the token for the commands that follow. */
export const login: Command = {
  argument: null,
  flags: ['json'],
  async run(_argument, { json }, { house: { url }, logins, prompt: open, out }) {
    const offered = await send(url, '/auth/login');
    if (offered.status !== 200) throw new CommandError(refusal(url, offered));
    if (!isRecord(offered.body) || offered.body['type'] === undefined)
      throw new CommandError(`${url} asks for no login: every command works without one`);
    const prompt = open();
    let user: string;
    let password: string;
    try {
      user = await prompt.ask(`user at ${url}: `);
      password = await prompt.ask('password: ', { hidden: true });
    } finally {
      prompt.close();
    }
    // An empty scope asks for all that the user may; a "*" would be refused to who may only read.
    const body = {
      client_id: 'node-red-admin',
      grant_type: 'password',
      scope: '',
      username: user,
      password,
    };
    const answer = await send(url, '/auth/token', { method: 'POST', body });
    const given = isRecord(answer.body) ? answer.body : {};
    const { access_token: token, expires_in: seconds } = given;
    if (answer.status !== 200 || typeof token !== 'string' || typeof seconds !== 'number')
      throw new CommandError(refusal(url, answer));
    const expires = Date.now() + seconds * 1_000;
    logins.keep(url, { user, token, expires });
    if (json) out(JSON.stringify({ url, user, expires, file: logins.file }));
    else out(`logged in as "${oneLine(user)}" until ${minuteOf(new Date(expires))}; "npx bulkhead logout" ends it`);
    return true;
  },
};

/** `bulkhead logout`: the house forgets the token, and so does the home. */
export const logout: Command = {
  argument: null,
  flags: ['json'],
  async run(_argument, { json }, { house: { url }, logins, out }) {
    const kept = logins.of(url);
    if (kept === null) throw new CommandError(`nobody is logged in to ${url}`);
    // First here: a house that is away must not keep one from logging out.
    logins.forget(url);
    const answer = await send(url, '/auth/revoke', { method: 'POST', token: kept.token, body: { token: kept.token } });
    // A token that is refused has ended already.
    if (answer.status !== 200 && answer.status !== 401)
      throw new CommandError(`the login is forgotten here, but the house did not end it: status ${answer.status}`);
    if (json) out(JSON.stringify({ url, user: kept.user }));
    else out(`"${oneLine(kept.user)}" is logged out`);
    return true;
  },
};

function refusal(url: string, { status, body }: Answer): string {
  const said = isRecord(body) ? body : {};
  if (said['error'] === 'invalid_grant') return 'the user name or the password is wrong';
  const why = said['error_description'] ?? said['error'];
  return `${url}: ${typeof why === 'string' ? oneLine(why) : `status ${status}`}`;
}

/** In local time, such as `2026-03-01 18:05`. */
function minuteOf(time: Date): string {
  const two = (part: number): string => String(part).padStart(2, '0');
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
