/** Sees to it that Node-RED finds credentials that it can read: of a torn file it makes none, and saves that at the next deploy. */
import { existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { replaceFile } from '../config/replace-file.ts';
import { isRecord } from '../node-red/is-record.ts';

/**
 * On a full disk Node-RED replaces the file by a part of it, or by nothing, and takes it for written; its backup of the deploy
 * before is whole. Uses that, and answers with one line for the log when it had to; what could not be read is kept.
 */
export function prepareCredentialsFile(userDir: string, now: Date): string | undefined {
  const file = path.join(userDir, 'flows_cred.json');
  if (!existsSync(file)) return undefined;
  const text = readFileSync(file, 'utf8');
  if (isUsable(text)) return undefined;
  const backup = path.join(userDir, '.flows_cred.json.backup');
  const earlier = existsSync(backup) ? readFileSync(backup, 'utf8') : '';
  const isEmpty = text.trim() === '';
  // Where nodes have no credentials yet, an empty file is as good as none.
  if (isEmpty && !isUsable(earlier)) return undefined;
  const { mode } = statSync(file);
  const kept = `${file}.broken-${now.toISOString().replaceAll(/[:.]/g, '-')}`;
  renameSync(file, kept);
  if (isUsable(earlier)) {
    try {
      replaceFile(file, earlier, mode);
    } catch {
      // No room for a copy: the backup itself.
      renameSync(backup, file);
    }
  }
  const instead = isUsable(earlier)
    ? 'the credentials before the last deploy are used'
    : 'the nodes have none until they are entered again, or the file is restored from a backup';
  return `the credentials file ${file} cannot be used: it is ${isEmpty ? 'empty' : 'damaged'}; it was kept as ${path.basename(kept)} and ${instead}`;
}

function isUsable(text: string): boolean {
  try {
    return isRecord(JSON.parse(text.replace(/^\uFEFF/, '')));
  } catch {
    return false;
  }
}
