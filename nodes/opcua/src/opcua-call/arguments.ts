import { isRecord } from '@bulkhead/core';
import { encodeValue, type WireValue } from '../protocol/encode.ts';
import type { Method } from './method.ts';

/** What is wrong with one argument. */
export interface ArgumentFault {
  name: string;
  code: string;
  reason: string;
}

export type Arguments = { ok: true; values: WireValue[] } | { ok: false; faults: ArgumentFault[] };

const missing = (name: string): ArgumentFault => ({ name, code: 'missing', reason: 'the argument is missing' });

type Ordered = { values: readonly unknown[] } | { faults: ArgumentFault[] };

/** The values in the order of the arguments: from a list, by name from an object, or one value for a single argument. */
function inOrder(payload: unknown, defaults: Record<string, unknown>, { inputs }: Method): Ordered {
  const names = inputs.map(({ name }) => name);
  const [only] = inputs;
  // The one argument may itself be an array or a structure.
  const isWhole =
    inputs.length === 1 && only !== undefined && !(isRecord(payload) && Object.hasOwn(payload, only.name));
  if (Array.isArray(payload) && !(isWhole && only.type.valueRank !== -1)) {
    if (payload.length === inputs.length) return { values: payload };
    const reason = `${payload.length} arguments were given, the method takes ${inputs.length}: ${names.join(', ')}`;
    return { faults: [{ name: '', code: 'wrong-count', reason }] };
  }
  if (isWhole && payload !== undefined && payload !== '') return { values: [payload] };
  const given: Record<string, unknown> = { ...defaults, ...(isRecord(payload) ? payload : {}) };
  const strangers = Object.keys(isRecord(payload) ? payload : {}).filter((name) => !names.includes(name));
  if (strangers.length > 0) {
    const reason = `the method has no such argument, but ${names.join(', ') || 'none at all'}`;
    return { faults: strangers.map((name) => ({ name, code: 'unknown', reason })) };
  }
  const absent = names.filter((name) => given[name] === undefined);
  return absent.length > 0 ? { faults: absent.map(missing) } : { values: names.map((name) => given[name]) };
}

/** The arguments of a call, each checked against what the server declares, or everything that is wrong with them. */
export function readArguments(payload: unknown, defaults: Record<string, unknown>, method: Method): Arguments {
  const ordered = inOrder(payload, defaults, method);
  if ('faults' in ordered) return { ok: false, faults: ordered.faults };
  const faults: ArgumentFault[] = [];
  const wire: WireValue[] = [];
  for (const [index, { name, type }] of method.inputs.entries()) {
    const encoded = encodeValue(ordered.values[index], type, method.types);
    if (encoded.ok) wire.push(encoded.value);
    else faults.push({ name, code: encoded.code, reason: encoded.reason });
  }
  return faults.length > 0 ? { ok: false, faults } : { ok: true, values: wire };
}
