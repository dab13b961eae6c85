import { isRecord } from '@bulkhead/core';
import { configReader } from '@bulkhead/node-kit';
import { unsConnectionDefaults as defaults } from './defaults.ts';

export interface UnsConnectionConfig {
  readonly url: string;
  readonly protocol: 'auto' | '5' | '3.1.1';
  /** Empty: made anew for each process. */
  readonly clientId: string;
  readonly username?: string;
  readonly password?: string;
  readonly tls: {
    readonly caFile: string;
    readonly certFile: string;
    readonly keyFile: string;
    readonly verify: boolean;
  };
}

export type ReadConfig =
  | { readonly ok: true; readonly config: UnsConnectionConfig }
  | { readonly ok: false; readonly problem: string };

interface Login {
  readonly username?: string;
  readonly password?: string;
}

/**
 * Reads a `uns-connection`. `service` is what the house provides as `mqtt`; it decides url and login where the source
 * is `bulkhead`.
 */
export function readUnsConnection(raw: unknown, credentials: unknown, service: unknown): ReadConfig {
  const read = configReader(raw);
  const source = read.choice('source', ['bulkhead', 'own'], defaults.source);
  const protocol = read.choice('protocol', ['auto', '5', '3.1.1'], defaults.protocol);
  const clientId = read.text('clientId', defaults.clientId);
  const tls = {
    caFile: read.text('caFile', defaults.caFile),
    certFile: read.text('certFile', defaults.certFile),
    keyFile: read.text('keyFile', defaults.keyFile),
    verify: read.flag('verify', defaults.verify),
  };
  let url: string;
  let login: Login;
  if (source === 'bulkhead') {
    if (!isRecord(service) || typeof service.url !== 'string') {
      return {
        ok: false,
        problem:
          'no broker is provided here: run the flow in Bulkhead, or set the source of the connection to a broker of your own',
      };
    }
    url = service.url;
    login = loginOf(service);
  } else {
    url = read.text('url', defaults.url);
    login = loginOf(credentials);
  }
  const urlProblem = problemOfUrl(url);
  if (urlProblem !== undefined) read.problem(urlProblem);
  if (read.problems.length > 0) return { ok: false, problem: read.problems.join('; ') };
  return { ok: true, config: { url, protocol, clientId, tls, ...login } };
}

function loginOf(candidate: unknown): Login {
  if (!isRecord(candidate)) return {};
  const { username, password } = candidate;
  return {
    ...(typeof username === 'string' && username !== '' ? { username } : {}),
    ...(typeof password === 'string' && password !== '' ? { password } : {}),
  };
}

const schemes = ['mqtt:', 'mqtts:', 'tcp:', 'ssl:', 'ws:', 'wss:'];

function problemOfUrl(url: string): string | undefined {
  if (url === '') return 'the address of the broker is missing: mqtt://host:1883';
  if (!URL.canParse(url)) return `"${url}" is not an address like mqtt://host:1883`;
  const { protocol, hostname, username, password } = new URL(url);
  if (!schemes.includes(protocol))
    return `the address of the broker starts with ${protocol} instead of mqtt: or mqtts:`;
  if (hostname === '') return `"${url}" names no host`;
  if (username !== '' || password !== '') {
    return 'user name and password belong into their own fields, not into the address: it is stored and shown in clear text';
  }
  return undefined;
}
