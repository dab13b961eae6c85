/** `msg.req` in another compartment: what the request said, without the connection it came on. */
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

/** With the methods that only read. */
export function revivedRequest(snapshot: Record<string, unknown>): Record<string, unknown> {
  const { [numberField]: number, ...said } = snapshot;
  const headers = isRecord(snapshot['headers']) ? snapshot['headers'] : {};
  const get = (name: unknown): unknown => headers[String(name).toLowerCase()];
  const request = { ...said, get, header: get };
  if (typeof number === 'string') rememberRequestNumber(request, number);
  return request;
}
