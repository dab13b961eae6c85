import { isRecord } from '@bulkhead/core';
import { textFields } from '@bulkhead/node-kit/probing';

/** What the editor asks of a PLC that nothing is deployed for yet. */
export type ProbeQuestion =
  | { kind: 'test'; connection: Record<string, string> }
  | { kind: 'blocks'; connection: Record<string, string> }
  | { kind: 'values'; connection: Record<string, string>; tags: { address: string; type: string }[] };

export type ProbeResult =
  | { kind: 'connected'; module: string; pduBytes: number; parallel: number; ms: number }
  | { kind: 'blocks'; blocks: { db: number; bytes: number }[] }
  /** One per tag: the value as text, or what is wrong with it. */
  | { kind: 'values'; values: { ok: boolean; text: string }[] }
  | { kind: 'failed'; reason: string };

/** Values that are shown at a time. */
export const mostProbed = 200;

/** Reads what a browser sent. */
export function parseProbeQuestion(body: unknown): ProbeQuestion | undefined {
  if (!isRecord(body)) return undefined;
  const connection = textFields(body['connection']);
  if (connection === undefined) return undefined;
  const { kind, tags } = body;
  if (kind === 'test' || kind === 'blocks') return { kind, connection };
  if (kind !== 'values' || !Array.isArray(tags) || tags.length > mostProbed) return undefined;
  const parsed = tags.map(textFields);
  return {
    kind,
    connection,
    tags: parsed.map((tag) => ({ address: tag?.['address'] ?? '', type: tag?.['type'] ?? '' })),
  };
}

const whole = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
const word = (value: unknown): string => (typeof value === 'string' ? value : '');

export function parseProbeResult(result: unknown): ProbeResult | undefined {
  if (!isRecord(result)) return undefined;
  switch (result['kind']) {
    case 'connected':
      return {
        kind: 'connected',
        module: word(result['module']),
        pduBytes: whole(result['pduBytes']),
        parallel: whole(result['parallel']),
        ms: whole(result['ms']),
      };
    case 'blocks': {
      const blocks: unknown[] = Array.isArray(result['blocks']) ? result['blocks'] : [];
      return {
        kind: 'blocks',
        blocks: blocks.filter(isRecord).map(({ db, bytes }) => ({ db: whole(db), bytes: whole(bytes) })),
      };
    }
    case 'values': {
      const values: unknown[] = Array.isArray(result['values']) ? result['values'] : [];
      return {
        kind: 'values',
        values: values.filter(isRecord).map(({ ok, text }) => ({ ok: ok === true, text: word(text) })),
      };
    }
    case 'failed':
      return { kind: 'failed', reason: word(result['reason']) };
    default:
      return undefined;
  }
}
