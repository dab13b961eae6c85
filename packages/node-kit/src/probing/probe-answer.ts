import { isRecord } from '@bulkhead/core';

/** What came of a question that the editor had asked in a process of its own. */
export type ProbeAnswer<Result> = { ok: true; result: Result } | { ok: false; reason: string };

/** Fields longer than this are not of a form. */
const longestField = 20_000;

/** The fields of a form, as a browser sends them. */
export function textFields(candidate: unknown): Record<string, string> | undefined {
  if (!isRecord(candidate)) return undefined;
  const fields = Object.entries(candidate).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(fields.filter(([, value]) => value.length < longestField));
}

/** Reads what the server answered. */
export function parseProbeAnswer<Result>(
  body: unknown,
  parseResult: (result: unknown) => Result | undefined,
): ProbeAnswer<Result> | undefined {
  if (!isRecord(body)) return undefined;
  const { ok, reason } = body;
  if (ok === false) return { ok: false, reason: typeof reason === 'string' ? reason : '' };
  const result = parseResult(body['result']);
  return result === undefined ? undefined : { ok: true, result };
}
