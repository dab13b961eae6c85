import type { SampleValue } from '@bulkhead/core';
import { type Prepared, unanswered, unsentFailure, type WriteFailure, type WritePort } from '@bulkhead/node-kit';
import type { Link } from '../s7-connection/link.ts';
import { decodeValue } from '../protocol/decode.ts';
import { encodeValue } from '../protocol/encode.ts';
import { errorText } from '../protocol/message.ts';
import { ITEM_GOOD, itemErrorText, parseWrite, unitBytes, writeRequest } from '../protocol/items.ts';
import { packWrites, type WritePart, writeItemOf } from '../protocol/write-plan.ts';
import { createSpanReader } from '../s7-tag/span-reader.ts';
import type { SpanOutcome } from '../s7-tag/span-outcome.ts';
import type { WriteTag } from './config.ts';

/** Of a text its largest length, which is the PLC's affair, is left alone: `skip` bytes. */
interface S7Bytes {
  bytes: Uint8Array;
  skip: number;
}

type Value = Prepared<WriteTag, S7Bytes>;

export interface S7WritePortOptions {
  link: Pick<Link, 'ask' | 'state'>;
  now(): number;
  deadlineMs: number;
}

function valueIn({ tag }: Value, outcome: SpanOutcome): SampleValue | undefined {
  if (outcome.kind !== 'bytes') return undefined;
  const { bytes, at } = outcome;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const decoded = decodeValue(view, at, tag.bit, tag.scalar, tag);
  return decoded.ok ? decoded.value : undefined;
}

/** A text of the PLC may be declared shorter than the table says: the rest would go into what lies behind it. */
function overflow({ tag, result }: Value, outcome: SpanOutcome): WriteFailure | undefined {
  if (!('length' in tag.scalar) || typeof result.value !== 'string') return undefined;
  if (outcome.kind !== 'bytes') return { code: 'refused', reason: 'its declared length could not be read' };
  const isWide = tag.scalar.type === 'WSTRING';
  const most = isWide ? outcome.bytes.readUInt16BE(outcome.at) : outcome.bytes.readUInt8(outcome.at);
  if (result.value.length <= most) return undefined;
  return { code: 'out-of-range', reason: `${result.value.length} characters, but the PLC's own text holds ${most}` };
}

/** Whether the bytes that were written are there. */
function isThere({ tag, encoded: { bytes, skip } }: Value, outcome: SpanOutcome): boolean {
  if (outcome.kind !== 'bytes') return false;
  if (tag.scalar.type === 'BOOL') return ((outcome.bytes.readUInt8(outcome.at) >> tag.bit) & 1) === bytes[0];
  const from = outcome.at + skip;
  return outcome.bytes.subarray(from, from + bytes.length).equals(bytes);
}

/** Writes to the memory of a PLC. */
export function s7WritePort({ link, now, deadlineMs }: S7WritePortOptions): WritePort<WriteTag, S7Bytes, SpanOutcome> {
  /** What became of the parts of one message; nothing for those that were written. */
  const sendMessage = async (
    parts: readonly WritePart[],
    sendBefore: number,
  ): Promise<(WriteFailure | undefined)[]> => {
    const outcome = await link.ask(writeRequest(parts.map(({ item }) => item)), { isUrgent: true, sendBefore });
    const all = (failure: WriteFailure): WriteFailure[] => parts.map(() => failure);
    if (outcome.kind === 'unanswered') return all(unanswered);
    if (outcome.kind === 'unsent') return all(unsentFailure(outcome.reason, deadlineMs));
    const { message } = outcome;
    if (message.error !== 0) return all({ code: 'refused', reason: errorText(message.error) });
    const codes = parseWrite(message, parts.length);
    if (typeof codes === 'string') return all({ code: 'garbled', reason: codes });
    return codes.map((code) => (code === ITEM_GOOD ? undefined : { code: 'refused', reason: itemErrorText(code) }));
  };

  return {
    isConnected: () => link.state.kind === 'connected',
    encode(value, tag) {
      const encoded = encodeValue(value, tag.scalar, tag);
      return encoded.ok ? { ok: true, encoded } : encoded;
    },
    read: (values) =>
      createSpanReader({ spans: values.map(({ tag }) => tag.span), link, maxGap: 0, now, onRetry: () => {} }).read({
        isUrgent: true,
      }),
    valueIn,
    objection: overflow,
    isThere,
    async send(values, sendBefore) {
      const { state } = link;
      const items = values.map(({ tag, encoded: { bytes, skip } }) =>
        writeItemOf(tag, bytes, skip / unitBytes(tag.span.area)),
      );
      const failures: (WriteFailure | undefined)[] = values.map(() => undefined);
      for (const parts of packWrites(items, state.kind === 'connected' ? state.agreement.pduBytes : 240)) {
        const own = await sendMessage(parts, sendBefore);
        for (const [at, { index }] of parts.entries()) failures[index] ??= own[at];
      }
      return failures;
    },
  };
}
