import { isRecord } from '@bulkhead/core';
import type { WriteResult } from './write-result.ts';

const longest = 80;

/** 64-bit integers are none in JSON. */
const printable = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? value.toString() : value);

function shown(value: unknown): string {
  if (value === undefined) return '?';
  const text = typeof value === 'bigint' ? value.toString() : (JSON.stringify(value, printable) ?? '?');
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** Who asked for a write: the user that the message names, and in any case the node and the message. */
export function askedBy(node: { id: string; name?: string | undefined }, message: { _msgid: string }): string {
  const user: unknown = Reflect.get(message, 'user');
  const name = isRecord(user) ? (user['username'] ?? user['name']) : user;
  const person = typeof name === 'string' && name !== '' ? `${name.replaceAll(/\s+/g, ' ').slice(0, longest)}, ` : '';
  return `${person}${node.name || node.id}, message ${message._msgid}`;
}

/** The variables of the log's text: who, what, old, new. */
export function logLine(result: WriteResult, who: string): Record<string, string> {
  return {
    who,
    topic: result.topic,
    address: result.address ?? '?',
    old: shown(result.old),
    new: shown(result.value),
    reason: result.reason ?? '',
  };
}
