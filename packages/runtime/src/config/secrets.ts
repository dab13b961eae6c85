/** Passwords of the embedded services, and the key for flows on disk: made once, kept in `secrets.json`, readable by the owner alone. */
import { chmodSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createToken } from '../protocol/token.ts';
import { replaceFile } from './replace-file.ts';

export interface Secrets {
  readonly mqttPassword: string;
  readonly postgresPassword: string;
  readonly flowsKey: string;
}

/** Throws an Error that says what to do when the file is there but cannot be understood. */
export function keepSecrets(home: string): Secrets {
  const file = join(home, 'secrets.json');
  if (!existsSync(file)) {
    const secrets: Secrets = { mqttPassword: createToken(), postgresPassword: createToken(), flowsKey: createToken() };
    replaceFile(file, `${JSON.stringify(secrets, null, 2)}\n`, 0o600);
    return secrets;
  }
  chmodSync(file, 0o600);
  const secrets = parse(readFileSync(file, 'utf8'));
  // A new password would lock us out of the database that was made with the old one.
  if (secrets === null)
    throw new Error(`${file}: damaged; restore it from a backup (the database opens with no other)`);
  return secrets;
}

function parse(text: string): Secrets | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  if (!('mqttPassword' in value && 'postgresPassword' in value && 'flowsKey' in value)) return null;
  const { mqttPassword, postgresPassword, flowsKey } = value;
  return typeof mqttPassword === 'string' && typeof postgresPassword === 'string' && typeof flowsKey === 'string'
    ? { mqttPassword, postgresPassword, flowsKey }
    : null;
}
