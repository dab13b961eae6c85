/** The running house, as the commands reach it: BULKHEAD_HOST, BULKHEAD_PORT and BULKHEAD_TOKEN say where and who. */
import { errorMessage, isRecord } from '@bulkhead/core';
import { CommandError } from './command-error.ts';

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

export function houseOf(environment: Environment): House {
  const given = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const url = urlOf(given('BULKHEAD_HOST') ?? '127.0.0.1', given('BULKHEAD_PORT') ?? '1880');
  const token = given('BULKHEAD_TOKEN');
  // What a header cannot hold would be refused by `fetch`, as if no house had answered.
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    throw new CommandError(
      'BULKHEAD_TOKEN is no access token: it holds a space, a line break or a special character',
      'usage',
    );
  return {
    url,
    async ask(path, { method = 'GET', accept = 'application/json', headers: more = {}, body: sent } = {}) {
      const headers = {
        accept,
        ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...more,
      };
      const content = sent === undefined ? {} : { body: JSON.stringify(sent) };
      const signal = AbortSignal.timeout(answerWithinMs);
      const response = await fetch(`${url}${path}`, { method, headers, ...content, signal }).catch((error: unknown) => {
        throw new CommandError(
          `no house answers on ${url} (${causeOf(error)}); start one with "npm start", or set BULKHEAD_HOST and BULKHEAD_PORT`,
        );
      });
      const body: unknown = await response.json().catch(() => null);
      if (response.ok) return body;
      if (response.status === 401) {
        throw new CommandError(
          token === undefined
            ? `${url} asks for a login: set BULKHEAD_TOKEN to an access token (POST /auth/token gives one)`
            : `${url} refused the token in BULKHEAD_TOKEN: it has expired, or may not do this`,
        );
      }
      if (response.status === 409 && path === '/flows')
        throw new CommandError(`${url}: somebody else has deployed at this moment; look at it and do it again`);
      const said = isRecord(body) && typeof body['error'] === 'string' ? body['error'] : `status ${response.status}`;
      throw new CommandError(`${url}${path}: ${said}`);
    },
  };
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
