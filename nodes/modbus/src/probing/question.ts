import { isRecord } from '@bulkhead/core';
import { textFields } from '@bulkhead/node-kit/probing';

/** What the editor asks of a device that nothing is deployed for yet. */
export type ProbeQuestion =
  | { kind: 'test'; connection: Record<string, string> }
  /** The serial ports of the machine that runs the flows. */
  | { kind: 'ports'; connection: Record<string, string> }
  /** Rows of a tag table. */
  | { kind: 'values'; connection: Record<string, string>; notation: string; tags: Record<string, string>[] };

export type ProbeResult =
  /** `unit`: whether the unit of the connection answered, if only with an exception. */
  | { kind: 'connected'; ms: number; unit: 'answers' | 'silent' }
  | { kind: 'ports'; ports: string[] }
  /** One per row: the value as text, or what is wrong with it. */
  | { kind: 'values'; values: { ok: boolean; text: string }[] }
  | { kind: 'failed'; reason: string };

/** Values that are shown at a time. */
export const mostProbed = 100;

/** Reads what a browser sent. */
export function parseProbeQuestion(body: unknown): ProbeQuestion | undefined {
  if (!isRecord(body)) return undefined;
  const connection = textFields(body['connection']);
  if (connection === undefined) return undefined;
  const { kind, tags, notation } = body;
  if (kind === 'test' || kind === 'ports') return { kind, connection };
  if (kind !== 'values' || !Array.isArray(tags) || tags.length > mostProbed) return undefined;
  return { kind, connection, notation: word(notation), tags: tags.map((tag) => textFields(tag) ?? {}) };
}

const word = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Reads what the probe answered. */
export function parseProbeResult(result: unknown): ProbeResult | undefined {
  if (!isRecord(result)) return undefined;
  switch (result['kind']) {
    case 'connected': {
      const { ms, unit } = result;
      return {
        kind: 'connected',
        ms: typeof ms === 'number' ? ms : 0,
        unit: unit === 'answers' ? 'answers' : 'silent',
      };
    }
    case 'ports': {
      const ports: unknown[] = Array.isArray(result['ports']) ? result['ports'] : [];
      return { kind: 'ports', ports: ports.map(word) };
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
