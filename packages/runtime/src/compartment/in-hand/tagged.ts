/**
 * A message as JSON, bounded in size and free of secrets, and back. What JSON has not is an object with one key that
 * starts with `$`: `$date`, `$buffer`, `$map`, `$set`, `$bigint`, `$number`, `$undefined`, `$error`. Values of every realm
 * are told by their kind: what a function node makes is of its own, where `instanceof Map` is false.
 */
import { types } from 'node:util';
import { isRecord } from '../../node-red/is-record.ts';

export interface Tagged {
  readonly value: unknown;
  /** False: something was cut off or left out. */
  readonly complete: boolean;
  readonly redacted: boolean;
}

/** Stands where a secret stood. */
export const blot = '••••';
const deepest = 16;

/** What matches any of the texts; null where there are none. Short ones would blot out ordinary words. */
export function secretsPattern(secrets: readonly string[]): RegExp | null {
  // The longest first, or a short one would leave the rest of a long one that begins with it.
  const long = secrets.filter((secret) => secret.length >= 4).toSorted((one, other) => other.length - one.length);
  return long.length === 0 ? null : new RegExp(long.map(literally).join('|'), 'g');
}

const literally = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);

/** `most`: characters, about. The work is bounded by it too, however large the message is. */
export function toTagged(message: unknown, most: number, secrets: RegExp | null): Tagged {
  let left = most;
  let complete = true;
  let redacted = false;
  const path = new Set<object>();

  const text = (value: string): string => {
    const cut = value.length > left ? value.slice(0, Math.max(0, left)) : value;
    if (cut.length < value.length) complete = false;
    left -= cut.length + 2;
    if (secrets === null) return cut;
    const clean = cut.replace(secrets, blot);
    if (clean !== cut) redacted = true;
    return clean;
  };
  const bytes = (value: Uint8Array): unknown => {
    const most = Math.max(0, Math.floor((left * 3) / 4));
    const buffer = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    if (secrets !== null && buffer.subarray(0, most).toString('latin1').search(secrets) >= 0) {
      redacted = true;
      return { $buffer: '' };
    }
    if (buffer.length > most) complete = false;
    const encoded = buffer.subarray(0, most).toString('base64');
    left -= encoded.length + 14;
    return { $buffer: encoded };
  };
  const leaveOut = (): null => {
    complete = false;
    return null;
  };
  const list = (items: Iterable<unknown>): unknown[] => {
    const out: unknown[] = [];
    for (const item of items) {
      if (left <= 0) {
        complete = false;
        break;
      }
      out.push(convert(item));
    }
    return out;
  };
  const fields = (value: object): Record<string, unknown> => {
    const out: Record<string, unknown> = {};
    for (const [key, inner] of Object.entries(value)) {
      if (left <= 0) {
        complete = false;
        break;
      }
      out[text(key)] = convert(inner);
    }
    const [only, ...others] = Object.keys(out);
    return only?.startsWith('$') && others.length === 0 ? { $plain: out } : out;
  };
  /** With what it says of itself, and why; not with what hangs on it, such as the sockets of a HTTP client. */
  const error = (value: Error): unknown => {
    const own: Record<string, unknown> = {};
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner !== 'object' && typeof inner !== 'function') own[key] = inner;
      else if (inner !== null && key !== 'cause') complete = false;
    }
    const cause = value.cause === undefined ? {} : { cause: convert(value.cause) };
    const { name, message }: { name: unknown; message: unknown } = value;
    return { name: text(String(name)), message: text(String(message)), own: fields(own), ...cause };
  };
  const object = (value: object): unknown => {
    if (path.has(value) || path.size >= deepest) return leaveOut();
    path.add(value);
    try {
      if (Array.isArray(value)) return list(value);
      if (types.isUint8Array(value)) return bytes(value);
      if (types.isDate(value)) return { $date: Number(value) };
      if (types.isMap(value)) return { $map: list(value) };
      if (types.isSet(value)) return { $set: list(value) };
      if (types.isNativeError(value)) return { $error: error(value) };
      return fields(value);
    } finally {
      path.delete(value);
    }
  };
  const convert = (value: unknown): unknown => {
    left -= 4;
    switch (typeof value) {
      case 'string':
        return text(value);
      case 'number':
        return Number.isFinite(value) ? value : { $number: String(value) };
      case 'bigint':
        return { $bigint: String(value) };
      case 'boolean':
        return value;
      case 'undefined':
        return { $undefined: true };
      case 'object':
        return value === null ? null : object(value);
      default:
        return leaveOut();
    }
  };
  const value = convert(message);
  return { value, complete, redacted };
}

export function fromTagged(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromTagged);
  if (!isRecord(value)) return value;
  const [key, ...others] = Object.keys(value);
  const inner = key === undefined || others.length > 0 ? undefined : value[key];
  switch (others.length === 0 ? key : undefined) {
    case '$date':
      return new Date(Number(inner));
    case '$buffer':
      return Buffer.from(String(inner), 'base64');
    case '$bigint':
      return BigInt(String(inner));
    case '$number':
      return Number(inner);
    case '$undefined':
      return undefined;
    case '$error':
      return errorOf(inner);
    case '$map':
      return new Map(pairs(inner));
    case '$set':
      return new Set(Array.isArray(inner) ? inner.map(fromTagged) : []);
    case '$plain':
      return isRecord(inner) ? fieldsOf(inner) : inner;
    default:
      return fieldsOf(value);
  }
}

function errorOf(tagged: unknown): Error {
  // Reports of before hold the message alone.
  if (!isRecord(tagged)) return new Error(String(tagged));
  const error = new Error(String(tagged['message']));
  hide(error, 'name', String(tagged['name']));
  if ('cause' in tagged) hide(error, 'cause', fromTagged(tagged['cause']));
  const own = fromTagged(tagged['own']);
  return isRecord(own) ? Object.assign(error, own) : error;
}

const hide = (error: Error, key: string, value: unknown): unknown =>
  Object.defineProperty(error, key, { value, writable: true, configurable: true });

const fieldsOf = (value: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).map(([name, field]) => [name, fromTagged(field)]));

const pairs = (entries: unknown): [unknown, unknown][] =>
  (Array.isArray(entries) ? entries : []).flatMap((pair: unknown): [unknown, unknown][] =>
    Array.isArray(pair) ? [[fromTagged(pair[0]), fromTagged(pair[1])]] : [],
  );
