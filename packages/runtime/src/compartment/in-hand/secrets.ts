import { isRecord } from '@bulkhead/core';
import type { Slice } from '../../protocol/messages.ts';

/** Every text among the credentials of a slice, and the passwords of the services that it was given. */
export function secretsIn({ credentials, services }: Pick<Slice, 'credentials' | 'services'>): string[] {
  const given = [services.mqtt?.password, services.postgres?.password].filter((text) => text !== undefined);
  return [...new Set([...textsIn(credentials), ...given])];
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(textsIn);
  return isRecord(value) ? Object.values(value).flatMap(textsIn) : [];
}
