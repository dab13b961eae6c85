/** `msg.req` in another compartment: what the request said, without the connection it came on. */
import { isRecord } from '../../node-red/is-record.ts';

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
  return snapshot;
}

/** With the methods that only read. */
export function revivedRequest(snapshot: Record<string, unknown>): Record<string, unknown> {
  const headers = isRecord(snapshot['headers']) ? snapshot['headers'] : {};
  const get = (name: unknown): unknown => headers[String(name).toLowerCase()];
  return { ...snapshot, get, header: get };
}
