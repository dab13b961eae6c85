/** `msg.req` in another compartment: what the request said, without the connection it came on. */
import { loadExpress } from '../../node-red/internals.ts';
import { isRecord } from '../../node-red/is-record.ts';
import { rememberRequestNumber, requestNumberOf } from '../../protocol/passport.ts';

const fields = [
  'method',
  'url',
  'originalUrl',
  'baseUrl',
  'path',
  'protocol',
  'secure',
  'hostname',
  'ip',
  'ips',
  'subdomains',
  'xhr',
  'fresh',
  'stale',
  'httpVersion',
  'headers',
  'rawHeaders',
  'params',
  'query',
  'body',
  'cookies',
  'signedCookies',
  'files',
] as const;

/** On the way alone: a request that kills is told from others where its message ends (decision 21). */
const numberField = 'requestNumber';

/** Works on a request, and on a snapshot of one. */
export function snapshotRequest(req: object): Record<string, unknown> {
  const snapshot: Record<string, unknown> = {};
  for (const field of fields) {
    try {
      // Some are getters of express, which fail without a socket.
      const value: unknown = Reflect.get(req, field);
      if (value !== undefined) snapshot[field] = value;
    } catch {
      // Not known, then.
    }
  }
  const number = requestNumberOf(req);
  return number === undefined ? snapshot : { ...snapshot, [numberField]: number };
}

/** Those of express that look at nothing but headers. */
const readers = [
  'accepts',
  'acceptsCharsets',
  'acceptsEncodings',
  'acceptsLanguages',
  'get',
  'header',
  'is',
  'range',
] as const;

let prototype: object | undefined;

/** With the methods that only read: express's own, inherited as in a request, so that they are no data. */
export function revivedRequest(snapshot: Record<string, unknown>): Record<string, unknown> {
  prototype ??= readersOf(Reflect.get(loadExpress(), 'request'));
  const { [numberField]: number, ...said } = snapshot;
  const headers = isRecord(snapshot['headers']) ? snapshot['headers'] : {};
  const request = { ...said, headers };
  Object.setPrototypeOf(request, prototype);
  if (typeof number === 'string') rememberRequestNumber(request, number);
  return request;
}

const readersOf = (request: unknown): object =>
  isRecord(request) ? Object.fromEntries(readers.map((name) => [name, request[name]])) : {};
