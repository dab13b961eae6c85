import { errorMessage } from '../error.ts';
import { isQuality } from '../quality.ts';
import { isRecord } from '../record.ts';
import type { SampleBody } from '../sample.ts';
import { exactInteger, isWholeInt64 } from './integer.ts';
import { type SourceMembers, scanMembers } from './source-text.ts';

export type DecodedPayload =
  | { kind: 'timeseries' | 'extended' | 'waveform'; sample: SampleBody }
  /** A business object, as JSON.parse reads it. */
  | { kind: 'relational'; object: Readonly<Record<string, unknown>> }
  | { kind: 'rejected'; reason: string };

/**
 * Tells what a UNS payload is and reads it. The form follows from the set of keys alone; a payload with the keys of a
 * form and a wrong value in one of them is rejected, not passed on as a business object.
 * An integer value beyond 2^53 that fits 64 bits is a bigint, exactly. A timestamp may be any 64-bit integer, so
 * sourceTime can lie beyond what a Date holds: `isSourceTime` tells. Never throws.
 */
export function decodePayload(text: string): DecodedPayload {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return rejected(`not JSON: ${errorMessage(error).slice(0, 200)}`);
  }
  if (!isRecord(parsed)) return rejected('not a JSON object');
  const keys = new Set(Object.keys(parsed));
  if (!keys.has('timestamp_ms')) return { kind: 'relational', object: parsed };
  if (keysAre(keys, ['timestamp_ms', 'value'], [])) return scalar('timeseries', parsed, text);
  if (keysAre(keys, ['timestamp_ms', 'value', 'quality'], ['unit', 'address'])) return scalar('extended', parsed, text);
  if (keysAre(keys, ['timestamp_ms', 'step_us', 'values'], ['quality', 'unit'])) return waveform(parsed, text);
  return { kind: 'relational', object: parsed };
}

function scalar(kind: 'timeseries' | 'extended', object: Record<string, unknown>, text: string): DecodedPayload {
  const members = lazily(() => scanMembers(text));
  const head = readHead(object, text, members);
  if ('reason' in head) return rejected(head.reason);
  const { value } = object;
  switch (typeof value) {
    case 'number': {
      if (!Number.isFinite(value)) return rejected('value is beyond the range of a double');
      if (!Number.isInteger(value) || Number.isSafeInteger(value)) return { kind, sample: { ...head, value } };
      return { kind, sample: { ...head, value: exactInteger(members().texts.get('value') ?? '') ?? value } };
    }
    case 'string':
    case 'boolean':
      return { kind, sample: { ...head, value } };
    default:
      if (value === null && kind === 'extended') return { kind, sample: { ...head, value } };
      return rejected('value is not a number, a string or a boolean');
  }
}

function waveform(object: Record<string, unknown>, text: string): DecodedPayload {
  const head = readHead(
    object,
    text,
    lazily(() => scanMembers(text)),
  );
  if ('reason' in head) return rejected(head.reason);
  const { step_us: stepUs, values } = object;
  if (typeof stepUs !== 'number' || !(stepUs > 0) || !Number.isFinite(stepUs)) {
    return rejected('step_us is not a number above 0');
  }
  if (!isNumberArray(values) || values.length === 0) {
    return rejected('values is not a non-empty array of finite numbers');
  }
  return { kind: 'waveform', sample: { ...head, value: values, stepUs } };
}

type Head = Omit<SampleBody, 'value'>;

/** What the three forms share: no repeated key, a time, and quality, unit and address where they are given. */
function readHead(
  object: Record<string, unknown>,
  text: string,
  members: () => SourceMembers,
): Head | { reason: string } {
  if (mayRepeatKey(object, text)) {
    const { repeatedKey } = members();
    if (repeatedKey !== undefined) return { reason: `${repeatedKey} occurs twice` };
  }
  const { timestamp_ms: sourceTime, quality = 'good', unit, address } = object;
  if (typeof sourceTime !== 'number') return { reason: 'timestamp_ms is not a number' };
  if (!isWholeInt64(sourceTime, () => members().texts.get('timestamp_ms') ?? '')) {
    return { reason: 'timestamp_ms is not a whole number of 64 bits' };
  }
  if (!isQuality(quality)) return { reason: 'quality is not good, uncertain, bad or stale' };
  const head: Head = { quality, sourceTime };
  if (unit !== undefined) {
    if (typeof unit !== 'string') return { reason: 'unit is not a string' };
    head.unit = unit;
  }
  if (address !== undefined) {
    if (typeof address !== 'string') return { reason: 'address is not a string' };
    head.address = address;
  }
  return head;
}

/** Cheap and never wrong in saying no: a key can only repeat if its spelling does, or if one is spelt with an escape. */
function mayRepeatKey(object: Record<string, unknown>, text: string): boolean {
  if (text.includes('\\')) return true;
  return Object.keys(object).some((key) => {
    const quoted = `"${key}"`;
    return text.indexOf(quoted) !== text.lastIndexOf(quoted);
  });
}

function keysAre(keys: ReadonlySet<string>, required: readonly string[], allowed: readonly string[]): boolean {
  if (!required.every((key) => keys.has(key))) return false;
  return [...keys].every((key) => required.includes(key) || allowed.includes(key));
}

function isNumberArray(candidate: unknown): candidate is number[] {
  return Array.isArray(candidate) && candidate.every(Number.isFinite);
}

function lazily<T>(compute: () => T): () => T {
  let made: { value: T } | undefined;
  return () => {
    made ??= { value: compute() };
    return made.value;
  };
}

function rejected(reason: string): DecodedPayload {
  return { kind: 'rejected', reason };
}
