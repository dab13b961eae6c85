import { isRecord } from '../node-red/is-record.ts';
import type { EditorBoot } from '../protocol/boot.ts';

const required = ['home', 'supervisorSocket', 'token', 'userDir', 'httpSocket'] as const;

/** The keeper wrote it from the type itself; this only names what is missing when the two are of different versions. */
export function parseEditorBoot(value: unknown): EditorBoot {
  if (!isEditorBoot(value)) {
    const given = isRecord(value) ? value : {};
    const missing = [
      ...required.filter((key) => typeof given[key] !== 'string'),
      ...(Array.isArray(given['nodesDirs']) ? [] : ['nodesDirs']),
    ];
    throw new Error(`boot data of the editor lacks ${missing.join(', ')}`);
  }
  return value;
}

const isEditorBoot = (value: unknown): value is EditorBoot =>
  isRecord(value) && required.every((key) => typeof value[key] === 'string') && Array.isArray(value['nodesDirs']);
