/** The running house, as the commands reach it: BULKHEAD_HOST and BULKHEAD_PORT say where, a kept login or BULKHEAD_TOKEN who. */
import { errorMessage, isRecord } from '@bulkhead/core';
import { CommandError } from './command-error.ts';
import type { KeptLogins } from './kept-logins.ts';
import { oneLine } from './table.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Question {
  readonly method?: 'GET' | 'POST';
  readonly accept?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

export interface House {
  readonly url: string;
  /** The parsed answer; rejects with a `CommandError` that says what to do. */
  ask(path: string, question?: Question): Promise<unknown>;
}

const answerWithinMs = 10_000;

/** What a house answered; `body` is parsed JSON, null where it is none. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** One request; rejects with a `CommandError` only where no house answers. */
export async function send(
  url: string,
  path: string,
  {
    method = 'GET',
    accept = 'application/json',
    headers = {},
    body: sent,
    token,
  }: Question & { readonly token?: string | undefined } = {},
): Promise<Answer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      accept,
      ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
    signal: AbortSignal.timeout(answerWithinMs),
  }).catch((error: unknown) => {
    throw new CommandError(
      `no house answers on ${url} (${causeOf(error)}); start one with "npm start", or set BULKHEAD_HOST and BULKHEAD_PORT`,
    );
  });
  const body: unknown = await response.json().catch(() => null);
  return { status: response.status, body };
}

/** `logins`: what `login` has kept; a token in the environment counts more. */
export function houseOf(environment: Environment, logins?: Pick<KeptLogins, 'of'>): House {
  const given = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const url = urlOf(given('BULKHEAD_HOST') ?? '127.0.0.1', given('BULKHEAD_PORT') ?? '1880');
  const set = given('BULKHEAD_TOKEN');
  // What a header cannot hold would be refused by `fetch`, as if no house had answered.
  if (set !== undefined && !/^[\x21-\x7e]+$/.test(set))
    throw new CommandError(
      'BULKHEAD_TOKEN is no access token: it holds a space, a line break or a special character',
      'usage',
    );
  const kept = set === undefined ? (logins?.of(url) ?? null) : null;
  const token = set ?? kept?.token;
  return {
    url,
    async ask(path, question = {}) {
      const { status, body } = await send(url, path, { ...question, token });
      if (status >= 200 && status < 300) return body;
      if (status === 401) {
        if (token === undefined)
          throw new CommandError(`${url} asks for a login: run "npx bulkhead login", or set BULKHEAD_TOKEN`);
        throw new CommandError(`${url} ${refusalOf(await standingOf(url, token), kept?.user)}`);
      }
      if (status === 409 && path === '/flows')
        throw new CommandError(`${url}: somebody else has deployed at this moment; look at it and do it again`);
      const said = isRecord(body) && typeof body['error'] === 'string' ? body['error'] : `status ${status}`;
      throw new CommandError(`${url}${path}: ${said}`);
    },
  };
}

/** `unclear`: everybody may look, so that what a token sees says nothing. */
type Standing = 'known' | 'unknown' | 'unclear';

/** A 401 is the answer to a token that is unknown and to one that may too little; who may look is told more of `/readyz`. */
async function standingOf(url: string, token: string): Promise<Standing> {
  const sees = async (given: string | undefined): Promise<boolean> => {
    const { body } = await send(url, '/readyz', { token: given });
    return isRecord(body) && 'waitingFor' in body;
  };
  if (!(await sees(token))) return 'unknown';
  return (await sees(undefined)) ? 'unclear' : 'known';
}

function refusalOf(standing: Standing, user: string | undefined): string {
  const what = user === undefined ? 'the token in BULKHEAD_TOKEN' : `the login of "${oneLine(user)}"`;
  switch (standing) {
    case 'known':
      return `knows ${what}, which may not do this: it takes one with more permissions`;
    case 'unknown':
      return user === undefined
        ? `does not know ${what}: it has expired, is mistyped, or may not even look`
        : `does not know ${what} any more: run "npx bulkhead login" again`;
    case 'unclear':
      return `refused ${what}: it has expired, or may not do this`;
  }
}

/** Where a client finds a server that is bound to this address. */
function urlOf(host: string, port: string): string {
  if (!/^\d+$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
    throw new CommandError('BULKHEAD_PORT must be a whole number from 1 to 65535', 'usage');
  const reachable = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${port}`;
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error && isRecord(error.cause) ? error.cause : undefined;
  return typeof cause?.['code'] === 'string' ? cause['code'] : errorMessage(error);
}
