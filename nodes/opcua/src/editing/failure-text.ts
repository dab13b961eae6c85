import type { Failure } from '../probing/result.ts';
import type { Translate } from './texts-of.ts';

/** Those that a person meets in a dialog; of all others there is only what the process said. */
const translated: ReadonlySet<string> = new Set([
  'untrusted-server',
  'expired-server',
  'unreadable-server',
  'untrusted-by-server',
  'access-denied',
  'too-many-sessions',
  'wrong-endpoint',
  'no-endpoint',
  'unreachable',
]);

/**
 * Why something of a server could not be had, in the language of the editor.
 * @param texts of the keys of `opcua-connection`
 */
export function failureText({ code, reason, certificate }: Failure, texts: Translate): string {
  if (!translated.has(code)) return reason;
  const { subject = '', thumbprint = '' } = certificate ?? {};
  // `no server answers there (ECONNREFUSED)`
  const detail = /\((E[A-Z_]+)\)$/.exec(reason)?.[1] ?? '';
  return texts(`failure.${code}`, { detail, subject, thumbprint });
}
