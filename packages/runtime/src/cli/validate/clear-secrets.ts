import { isRecord } from '@bulkhead/core';
import type { FlowNode } from '../../protocol/messages.ts';
import type { Finding, Flows } from './finding.ts';

const secretName =
  /(?:^|[a-z_-])(?:password|passwd|passphrase|secret|apikey|api[_-]?key|private[_-]?key|access[_-]?token)$/i;
const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const urlWithPassword = /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"'`]+:[^\s/@"'`]+@/i;
/** Typed inputs whose value is not the secret itself but where it comes from. */
const elsewhere = new Set(['env', 'msg', 'flow', 'global', 'jsonata', 'cred']);

/** Secrets that everybody who can read the file can read; they belong into credentials or the environment. */
export function clearSecrets(flows: Flows): Finding[] {
  return flows.nodes.flatMap((node) =>
    [...secretsOf(node)].map((message) => flows.finding('clear-secret', node, message)),
  );
}

function* secretsOf(node: FlowNode): Generator<string> {
  const { credentials, env } = node;
  if (isRecord(credentials)) {
    for (const [name, value] of Object.entries(credentials)) {
      if (isClear(value)) yield `the credential "${name}" stands in the flow file`;
    }
  }
  for (const entry of Array.isArray(env) ? env : []) {
    if (isRecord(entry) && typeof entry['name'] === 'string') yield* ofVariable(entry['name'], entry);
  }
  for (const [name, value] of Object.entries(node)) {
    if (name === 'credentials' || name === 'env') continue;
    yield* ofProperty(name, value, node);
  }
}

function* ofVariable(name: string, { type, value }: Readonly<Record<string, unknown>>): Generator<string> {
  if (!isClear(value) || type === 'env') return;
  // A value of the type "credential" is kept apart by the editor; with a value it was exported with it.
  if (type === 'cred' || secretName.test(name)) yield `the variable ${name} is a secret in clear text`;
  else yield* ofText(`the variable ${name}`, value);
}

/** Looks into tables and objects as well; `siblings` hold the type of a typed input beside its value. */
function* ofProperty(
  name: string,
  value: unknown,
  siblings: Readonly<Record<string, unknown>>,
  depth = 0,
): Generator<string> {
  if (isClear(value)) {
    const source = siblings[`${name}Type`];
    if (secretName.test(name) && !(typeof source === 'string' && elsewhere.has(source)))
      yield `"${name}" is a secret in clear text`;
    else yield* ofText(`"${name}"`, value);
  } else if (depth < 4 && Array.isArray(value)) {
    for (const entry of value) yield* ofProperty(name, entry, {}, depth + 1);
  } else if (depth < 4 && isRecord(value)) {
    for (const [key, inner] of Object.entries(value)) yield* ofProperty(key, inner, value, depth + 1);
  }
}

function* ofText(where: string, text: string): Generator<string> {
  if (privateKey.test(text)) yield `${where} holds a private key`;
  else if (urlWithPassword.test(text)) yield `${where} holds an address with a password in it`;
}

/** A text that is neither empty, nor a place holder, nor asked from the environment. */
function isClear(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value !== '__PWRD__' && !/^\$\{[^}]+\}$/.test(value);
}
