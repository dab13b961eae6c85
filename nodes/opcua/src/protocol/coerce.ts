import { bytesOfBase64 } from './base64.ts';
import { type BuiltInType, isWholeNumberType, wholeNumberRanges } from './built-in-type.ts';
import { parseAddress } from './address.ts';

/** A value as it goes to the library: 64-bit integers are bigint, times Date, bytes Uint8Array, all others as they are. */
export type WireScalar = null | boolean | number | bigint | string | Date | Uint8Array | LocalizedText;

export interface LocalizedText {
  text: string;
  locale?: string;
}

export type Refusal = { ok: false; code: 'wrong-type' | 'out-of-range'; reason: string };
export type Coerced = { ok: true; value: WireScalar } | Refusal;

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const LARGEST_FLOAT = 3.4028234663852886e38;
const LARGEST_CODE = 0xffff_ffff;
const longest = 60;

const wrong = (reason: string): Refusal => ({ ok: false, code: 'wrong-type', reason });
const outside = (reason: string): Refusal => ({ ok: false, code: 'out-of-range', reason });

/** A value in a message to a person. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  // Not every object can be turned into text.
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = typeof value === 'string' ? `"${value}"` : String(value);
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function wholeNumber(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : undefined;
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}

function coerceInteger(value: unknown, type: keyof typeof wholeNumberRanges): Coerced {
  const number = wholeNumber(value);
  if (number === undefined) return wrong(`${shown(value)} is no whole number, as ${type} is`);
  const [least, most] = wholeNumberRanges[type];
  if (number < least || number > most) return outside(`${number} is outside of ${type}, ${least} to ${most}`);
  return { ok: true, value: type.endsWith('64') ? number : Number(number) };
}

function coerceReal(value: unknown, type: 'Float' | 'Double'): Coerced {
  const number = typeof value === 'bigint' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number)) return wrong(`${shown(value)} is no number`);
  if (type === 'Float' && Math.abs(number) > LARGEST_FLOAT) return outside(`${number} is outside of Float`);
  return { ok: true, value: number };
}

function coerceTime(value: unknown): Coerced {
  const isTime = typeof value === 'string' || typeof value === 'number' || value instanceof Date;
  const date = isTime ? new Date(value) : new Date(Number.NaN);
  return Number.isFinite(date.getTime())
    ? { ok: true, value: date }
    : wrong(`${shown(value)} is no time: give ISO text or epoch milliseconds`);
}

function coerceBytes(value: unknown): Coerced {
  if (value instanceof Uint8Array) return { ok: true, value };
  const bytes = typeof value === 'string' ? bytesOfBase64(value) : undefined;
  return bytes === undefined ? wrong(`${shown(value)} is no Base64 text and no buffer`) : { ok: true, value: bytes };
}

function coerceLocalized(value: unknown): Coerced {
  if (typeof value === 'string') return { ok: true, value: { text: value } };
  const text: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'text') : undefined;
  const locale: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'locale') : undefined;
  if (typeof text !== 'string') return wrong(`${shown(value)} is no text`);
  return { ok: true, value: typeof locale === 'string' ? { text, locale } : { text } };
}

/** Texts of which the form counts. */
function coerceText(value: unknown, isRight: (text: string) => boolean, what: string): Coerced {
  return typeof value === 'string' && isRight(value) ? { ok: true, value } : wrong(`${shown(value)} is no ${what}`);
}

function isNodeId(text: string): boolean {
  const parsed = parseAddress(text);
  return parsed.ok && parsed.address.kind === 'node';
}

/** The value as this type, if it is one. Nothing is rounded or cut off to fit. */
export function coerce(value: unknown, type: BuiltInType): Coerced {
  if (isWholeNumberType(type)) return coerceInteger(value, type);
  switch (type) {
    case 'Boolean':
      return typeof value === 'boolean' ? { ok: true, value } : wrong(`${shown(value)} is neither true nor false`);
    case 'Float':
    case 'Double':
      return coerceReal(value, type);
    case 'String':
    case 'XmlElement':
      return value === null ? { ok: true, value } : coerceText(value, () => true, 'text');
    case 'DateTime':
      return coerceTime(value);
    case 'Guid':
      return coerceText(value, (text) => GUID.test(text), 'GUID');
    case 'ByteString':
      return value === null ? { ok: true, value } : coerceBytes(value);
    case 'NodeId':
    case 'ExpandedNodeId':
      return coerceText(value, isNodeId, 'node id');
    case 'StatusCode': {
      const number = wholeNumber(value);
      if (number === undefined || number < 0n || number > LARGEST_CODE)
        return wrong(`${shown(value)} is no status code`);
      return { ok: true, value: Number(number) };
    }
    case 'QualifiedName':
      return coerceText(value, () => true, 'name');
    case 'LocalizedText':
      return coerceLocalized(value);
    default:
      return wrong(`a value of type ${type} cannot be written`);
  }
}
