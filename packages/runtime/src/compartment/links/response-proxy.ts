/**
 * `msg.res` in a compartment that does not hold the HTTP connection: calls are recorded, and shipped with the one that
 * ends the response (or with a `write`). It looks like what an http-in node makes: methods, and `_res` with the same, which
 * streams can be piped into.
 */
import { EventEmitter } from 'node:events';

export type RecordedCall = readonly [method: string, args: readonly unknown[]];

const recorded = [
  'append',
  'attachment',
  'clearCookie',
  'cookie',
  'header',
  'links',
  'location',
  'removeHeader',
  'set',
  'setHeader',
  'status',
  'type',
  'vary',
  'writeHead',
] as const;
const shipping = [
  'download',
  'end',
  'flushHeaders',
  'json',
  'jsonp',
  'redirect',
  'send',
  'sendFile',
  'sendStatus',
  'write',
] as const;

const allowed: ReadonlySet<string> = new Set([...recorded, ...shipping]);
const staysOpen: ReadonlySet<string> = new Set(['write', 'flushHeaders']);

const origins = new WeakMap<object, ResponseOrigin>();

export interface ResponseOrigin {
  readonly compartment: string;
  readonly id: string;
}

/** Where the response is kept that this value stands in for; undefined for everything else. */
export const originOf = (res: object): ResponseOrigin | undefined => origins.get(res);

/** Streams that are piped into it listen, and tell it so. */
class StandIn extends EventEmitter {
  [member: string]: unknown;
}

/** `ship` resolves once the other side has taken what was shipped: until then a stream that is piped in waits. */
export function createResponseProxy(
  origin: ResponseOrigin,
  ship: (calls: readonly RecordedCall[]) => Promise<void>,
): object {
  let calls: RecordedCall[] = [];
  const headers = new Map<string, unknown>();
  const get = (name: unknown): unknown => headers.get(String(name).toLowerCase());
  const inner: StandIn = Object.assign(new StandIn(), {
    headersSent: false,
    finished: false,
    statusCode: 200,
    get,
    getHeader: get,
    writable: true,
  });
  const record = (method: string, args: unknown[]): void => {
    const values = args.filter((argument) => typeof argument !== 'function');
    calls.push([method, values]);
    noteLocally(method, values, inner, headers);
  };
  for (const method of recorded) {
    inner[method] = (...args: unknown[]) => {
      record(method, args);
      return inner;
    };
  }
  for (const method of shipping) {
    inner[method] = (...args: unknown[]) => {
      if (inner['finished'] === true) return inner;
      record(method, args);
      inner['headersSent'] = true;
      const finished = !staysOpen.has(method);
      Object.assign(inner, { finished, writableEnded: finished, writable: !finished });
      const shipped = calls;
      calls = [];
      void ship(shipped).then(() => {
        if (method === 'write') inner.emit('drain');
        if (!finished) return;
        inner.emit('finish');
        inner.emit('close');
      });
      return method === 'write' ? false : inner;
    };
  }
  const outer: Record<string, unknown> = { _res: inner };
  for (const [name, value] of Object.entries(inner)) if (!name.startsWith('_')) outer[name] = value;
  for (const name of ['on', 'once', 'removeListener'] as const) {
    outer[name] = (event: string, listener: () => void) => inner[name](event, listener);
  }
  origins.set(outer, origin);
  return outer;
}

/** What a later `get` and `statusCode` have to tell. */
function noteLocally(
  method: string,
  [first, second]: readonly unknown[],
  inner: StandIn,
  headers: Map<string, unknown>,
): void {
  if (method === 'status') inner['statusCode'] = first;
  if (method !== 'set' && method !== 'header' && method !== 'setHeader') return;
  if (typeof first === 'string') headers.set(first.toLowerCase(), second);
  else if (typeof first === 'object' && first !== null) {
    for (const [name, value] of Object.entries(first)) headers.set(name.toLowerCase(), value);
  }
}

/**
 * Does to a real response what was recorded; false at the first call that it does not take, such as a second answer.
 * `res` is what http-in puts into a message; its `_res` is express's own.
 */
export function replayCalls(res: object, calls: readonly RecordedCall[]): boolean {
  const real = '_res' in res && typeof res._res === 'object' && res._res !== null ? res._res : res;
  for (const [method, args] of calls) {
    if (!allowed.has(method)) return false;
    const call: unknown = Reflect.get(real, method);
    if (typeof call !== 'function') return false;
    try {
      // Bytes come as Uint8Array where they were no Buffer; express would send them as JSON.
      Reflect.apply(
        call,
        real,
        args.map((arg) => (arg instanceof Uint8Array ? Buffer.from(arg) : arg)),
      );
    } catch {
      return false;
    }
  }
  return true;
}
