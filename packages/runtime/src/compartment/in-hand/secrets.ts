import { isRecord } from '@bulkhead/core';
import type { Slice } from '../../protocol/messages.ts';

type Given = Pick<Slice, 'credentials' | 'services'>;

/**
 * Every text among the credentials of a slice, and the passwords of the services that it was given, also as they look in a URL,
 * in JSON, and with another text of the same node as HTTP's basic authentication.
 */
export const secretsIn = (slice: Given): string[] => written(slice, () => true);

/** The same without names of users: those are words that a log has to be able to say. */
export const passwordsIn = (slice: Given): string[] => written(slice, (key) => !nameOfUser.test(key));

const nameOfUser = /^(?:user(?:_?(?:name|id))?|login|name|client_?id|account|domain)$/i;

function written({ credentials, services }: Given, isWanted: (key: string) => boolean): string[] {
  const given = [services.mqtt?.password, services.postgres?.password].filter((text) => text !== undefined);
  const nodes = Object.values(credentials);
  const plain = [...nodes.flatMap((node) => textsIn(node, isWanted)), ...given];
  const logins = nodes.flatMap((node) => basicOf(textsIn(node, () => true)));
  return [...new Set([...plain, ...plain.flatMap(writtenOtherwise), ...logins])];
}

const writtenOtherwise = (text: string): string[] => [encodeURIComponent(text), JSON.stringify(text).slice(1, -1)];

/** A node has a handful of credentials; one with more is no login. */
const mostOfLogin = 4;

function basicOf(texts: readonly string[]): string[] {
  if (texts.length < 2 || texts.length > mostOfLogin) return [];
  return texts.flatMap((user) =>
    texts.flatMap((password) => (user === password ? [] : [Buffer.from(`${user}:${password}`).toString('base64')])),
  );
}

function textsIn(value: unknown, isWanted: (key: string) => boolean): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap((item) => textsIn(item, isWanted));
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => (isWanted(key) ? textsIn(inner, isWanted) : []));
}
