import { askProbe, fieldsOfForm, fieldsOfNode } from '@bulkhead/node-kit/editor';
import { isRecord } from '@bulkhead/core';
import type { ProbeAnswer } from '@bulkhead/node-kit/probing';
import { parseProbeResult, type ProbeResult } from '../probing/result.ts';

/** Fields of the connection that the probe reads. */
const fields = [
  'endpoint',
  'otherEndpoints',
  'securityMode',
  'securityPolicy',
  'acceptExpired',
  'authentication',
  'userCertificateFrom',
  'userCertificateFile',
  'userKeyFile',
  'timeoutMs',
  'keepAliveMs',
] as const;
const secretFields = ['user', 'password', 'userCertificate', 'userKey', 'userKeyPassphrase'] as const;
/** What the editor shows in place of a secret that is stored and not known to it. */
const stored = '__PWRD__';

/** A connection to ask about, as it stands in its dialog or as the editor knows its node. */
export interface AskedConnection {
  connection: Record<string, string>;
  secrets: Record<string, string>;
  stored: { node: string };
}

const known = (secrets: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(secrets).filter(([, value]) => value !== '' && value !== stored));

/** The connection whose dialog is open; `aliases` as JSON. */
export function connectionInForm(node: string, aliases: string): AskedConnection {
  return {
    connection: { ...fieldsOfForm(fields), aliases },
    secrets: known(fieldsOfForm(secretFields)),
    stored: { node },
  };
}

/** A connection as it was last edited, deployed or not. */
export function connectionOfNode(node: object): AskedConnection {
  const credentials: unknown = Reflect.get(node, 'credentials');
  const aliases: unknown = Reflect.get(node, 'aliases');
  return {
    connection: { ...fieldsOfNode(node, fields), aliases: JSON.stringify(Array.isArray(aliases) ? aliases : []) },
    secrets: isRecord(credentials) ? known(fieldsOfNode(credentials, secretFields)) : {},
    stored: { node: String(Reflect.get(node, 'id') ?? '') },
  };
}

/** Questions of one dialog: they share a process and its session, until it is closed. */
export interface ServerDialog {
  ask(asked: AskedConnection, question: object): Promise<ProbeAnswer<ProbeResult>>;
  close(): void;
}

export function openServerDialog(): ServerDialog {
  const dialog = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  return {
    ask: (asked, question) => askProbe('opcua-connection/probe', { dialog, ...asked, ...question }, parseProbeResult),
    close() {
      $.ajax({ url: `opcua-connection/probe/${dialog}`, type: 'DELETE' });
    },
  };
}
