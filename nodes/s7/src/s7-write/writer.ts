import type { Sample } from '@bulkhead/core';
import type { Link } from '../s7-connection/link.ts';
import { decodeValue, type PlcValue } from '../protocol/decode.ts';
import { errorText } from '../protocol/message.ts';
import { ITEM_GOOD, itemErrorText, parseWrite, unitBytes, writeRequest } from '../protocol/items.ts';
import { packWrites, type WritePart, writeItemOf } from '../protocol/write-plan.ts';
import { createSpanReader } from '../s7-tag/span-reader.ts';
import type { SpanOutcome } from '../s7-tag/span-outcome.ts';
import type { S7WriteConfig } from './config.ts';
import { type Prepared, prepare } from './prepare.ts';
import type { WriteFault, WriteResult } from './write-result.ts';

export interface WriterOptions {
  config: S7WriteConfig;
  link: Pick<Link, 'ask' | 'state'>;
  now(): number;
}

export interface Writer {
  /** One result per sample, in their order. Never rejects. Batches are written one after the other. */
  write(samples: readonly Sample[], arrivedAt: number): Promise<WriteResult[]>;
}

type Failure = { code: WriteFault; reason: string };

const lost: Failure = { code: 'disconnected', reason: 'there is no connection to the PLC, nothing was sent' };

function fail(prepared: Prepared, { code, reason }: Failure): void {
  Object.assign(prepared.result, { ok: false, code, reason });
}

function valueIn(prepared: Prepared, outcome: SpanOutcome | undefined): PlcValue | undefined {
  if (outcome?.kind !== 'bytes') return undefined;
  const { bytes, at } = outcome;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const decoded = decodeValue(view, at, prepared.tag.bit, prepared.tag.scalar, prepared.tag);
  return decoded.ok ? decoded.value : undefined;
}

/** A text of the PLC may be declared shorter than the table says: the rest would go into what lies behind it. */
function overflow({ tag, result }: Prepared, outcome: SpanOutcome | undefined): Failure | undefined {
  if (!('length' in tag.scalar) || typeof result.value !== 'string') return undefined;
  if (outcome?.kind !== 'bytes') return { code: 'refused', reason: 'its declared length could not be read' };
  const isWide = tag.scalar.type === 'WSTRING';
  const most = isWide ? outcome.bytes.readUInt16BE(outcome.at) : outcome.bytes.readUInt8(outcome.at);
  if (result.value.length <= most) return undefined;
  return { code: 'out-of-range', reason: `${result.value.length} characters, but the PLC's own text holds ${most}` };
}

/** Whether the bytes that were written are there. */
function isThere({ tag, bytes, skip }: Prepared, outcome: SpanOutcome): boolean {
  if (outcome.kind !== 'bytes') return false;
  if (tag.scalar.type === 'BOOL') return ((outcome.bytes.readUInt8(outcome.at) >> tag.bit) & 1) === bytes[0];
  const from = outcome.at + skip;
  return outcome.bytes.subarray(from, from + bytes.length).equals(bytes);
}

export function createWriter({ config, link, now }: WriterOptions): Writer {
  let last: Promise<unknown> = Promise.resolve();

  const readAll = (values: readonly Prepared[]): Promise<SpanOutcome[]> =>
    createSpanReader({ spans: values.map(({ tag }) => tag.span), link, maxGap: 0, now, onRetry: () => {} }).read({
      isUrgent: true,
    });

  /** What became of the parts of one message; nothing for those that were written. */
  const sendMessage = async (parts: readonly WritePart[], sendBefore: number): Promise<(Failure | undefined)[]> => {
    const outcome = await link.ask(writeRequest(parts.map(({ item }) => item)), { isUrgent: true, sendBefore });
    const all = (failure: Failure): Failure[] => parts.map(() => failure);
    if (outcome.kind === 'unanswered') {
      return all({ code: 'unanswered', reason: 'it was sent and no answer came: it may or may not be written' });
    }
    if (outcome.kind === 'unsent') {
      if (outcome.reason === 'expired')
        return all({ code: 'expired', reason: `not sent within ${config.deadlineMs} ms` });
      return all(
        outcome.reason === 'disconnected' ? lost : { code: 'queue-full', reason: 'too many requests wait already' },
      );
    }
    const { message } = outcome;
    if (message.error !== 0) return all({ code: 'refused', reason: errorText(message.error) });
    const codes = parseWrite(message, parts.length);
    if (typeof codes === 'string') return all({ code: 'garbled', reason: codes });
    return codes.map((code) => (code === ITEM_GOOD ? undefined : { code: 'refused', reason: itemErrorText(code) }));
  };

  const writeAll = async (values: readonly Prepared[], sendBefore: number): Promise<void> => {
    if (link.state.kind !== 'connected' || values.length === 0) {
      for (const value of values) fail(value, lost);
      return;
    }
    const before = await readAll(values);
    const sendable: Prepared[] = [];
    for (const [index, value] of values.entries()) {
      const outcome = before[index];
      const old = valueIn(value, outcome);
      if (old !== undefined) value.result.old = old;
      const failure = outcome?.kind === 'lost' ? lost : overflow(value, outcome);
      if (failure === undefined) sendable.push(value);
      else fail(value, failure);
    }
    const { state } = link;
    const items = sendable.map(({ tag, bytes, skip }) => writeItemOf(tag, bytes, skip / unitBytes(tag.span.area)));
    for (const value of sendable) value.result.ok = true;
    for (const parts of packWrites(items, state.kind === 'connected' ? state.agreement.pduBytes : 240)) {
      const failures = await sendMessage(parts, sendBefore);
      for (const [at, { index }] of parts.entries()) {
        const failure = failures[at];
        const value = sendable[index];
        if (failure !== undefined && value !== undefined) fail(value, failure);
      }
    }
    if (config.readBack) await readBack(sendable.filter(({ result }) => result.ok));
  };

  const readBack = async (values: readonly Prepared[]): Promise<void> => {
    const outcomes = await readAll(values);
    for (const [index, value] of values.entries()) {
      const outcome = outcomes[index] ?? { kind: 'lost' };
      const held = valueIn(value, outcome);
      if (held !== undefined) value.result.readBack = held;
      if (!isThere(value, outcome)) {
        fail(value, { code: 'read-back-differs', reason: 'it was written, and the PLC holds something else now' });
      }
    }
  };

  return {
    async write(samples, arrivedAt) {
      const prepared = samples.map((sample) => prepare(sample, config.tags));
      const values = prepared.filter((entry) => 'tag' in entry);
      const mine = last.then(() => writeAll(values, arrivedAt + config.deadlineMs));
      last = mine;
      await mine;
      return prepared.map((entry) => ('tag' in entry ? entry.result : entry));
    },
  };
}
