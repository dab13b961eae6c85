import { errorMessage, systemClock } from '@bulkhead/core';
import { configReader } from '@bulkhead/node-kit';
import { transportOf } from '../io/open-transport.ts';
import { listSerialPorts } from '../io/serial-channel.ts';
import { ask } from '../modbus-connection/ask.ts';
import { type ModbusConnectionConfig, readModbusConnection } from '../modbus-connection/config.ts';
import { createLink, type Link } from '../modbus-connection/link.ts';
import { type Notation, NOTATIONS } from '../protocol/address.ts';
import { decodeRegisters } from '../protocol/decode.ts';
import { type ModbusTag, readTag } from '../modbus-tag/read-tag.ts';
import type { SpanOutcome } from '../modbus-tag/span-outcome.ts';
import { createSpanReader } from '../modbus-tag/span-reader.ts';
import type { ProbeQuestion, ProbeResult } from './question.ts';

const limits = { maxGap: 0, maxRegisters: 125 };
/** A row needs a topic, and what is not in the table yet has none. */
const topic = 'umh.v1.probe._raw.value';

/** The first tag of a row, or what is wrong with it. */
function tagOf(fields: Record<string, string>, notation: Notation): ModbusTag | string {
  const row = configReader({ ...fields, topic });
  const [tag] = readTag(row, notation);
  return row.problems[0] ?? tag ?? 'no value';
}

function textOf(tag: ModbusTag, outcome: SpanOutcome | undefined): { ok: boolean; text: string } {
  if (outcome === undefined || outcome.kind === 'lost') return { ok: false, text: 'no answer' };
  if (outcome.kind !== 'values') return { ok: false, text: outcome.reason };
  const decoded = decodeRegisters(outcome.values, tag, tag.span.address - outcome.from);
  return decoded.ok ? { ok: true, text: String(decoded.value) } : { ok: false, text: decoded.code };
}

async function valuesOf(
  link: Link,
  unitId: number,
  rows: readonly Record<string, string>[],
  notation: Notation,
): Promise<ProbeResult> {
  const tags = rows.map((fields) => tagOf(fields, notation));
  const known = tags.filter((tag) => typeof tag !== 'string');
  const spans = known.map(({ span, unitId: own }) => ({ ...span, unit: own ?? unitId }));
  const outcomes = await createSpanReader({ spans, link, limits, now: Date.now, onRetry: () => {} }).read();
  const values = tags.map((tag) =>
    typeof tag === 'string' ? { ok: false, text: tag } : textOf(tag, outcomes[known.indexOf(tag)]),
  );
  return { kind: 'values', values };
}

/** Any answer will do, also that there is no such register. */
async function testOf(link: Link, unitId: number, ms: number): Promise<ProbeResult> {
  const outcome = await ask(link, unitId, { kind: 'read', area: 'holding', address: 0, count: 1 });
  const isHeard = outcome.kind === 'values' || outcome.kind === 'exception';
  return { kind: 'connected', ms, unit: isHeard ? 'answers' : 'silent' };
}

/** Connects, asks, and ends the connection. Never rejects. */
export async function answerProbe(question: ProbeQuestion): Promise<ProbeResult> {
  try {
    if (question.kind === 'ports') return { kind: 'ports', ports: await listSerialPorts() };
    const read = readModbusConnection(question.connection);
    return read.ok ? await askDevice(question, read.config) : { kind: 'failed', reason: read.problem };
  } catch (problem) {
    return { kind: 'failed', reason: errorMessage(problem) };
  }
}

async function askDevice(
  question: Exclude<ProbeQuestion, { kind: 'ports' }>,
  config: ModbusConnectionConfig,
): Promise<ProbeResult> {
  const startedAt = Date.now();
  const link = createLink({
    ...config,
    open: transportOf(config),
    clock: systemClock,
    random: Math.random,
    backOff: { firstMs: 60_000, factor: 1, maxMs: 60_000, jitter: 0 },
    maxQueued: 1_000,
  });
  try {
    const failure = await connected(link);
    if (failure !== undefined) return { kind: 'failed', reason: failure };
    if (question.kind === 'test') return await testOf(link, config.unitId, Date.now() - startedAt);
    const notation = NOTATIONS.find((known) => known === question.notation) ?? 'zero';
    return await valuesOf(link, config.unitId, question.tags, notation);
  } finally {
    link.stop();
  }
}

/** Resolves when the connection stands, or to why it does not. */
function connected(link: Link): Promise<string | undefined> {
  return new Promise((resolve) => {
    link.start();
    link.watch((state) => {
      if (state.kind === 'connected') resolve(undefined);
      else if (state.kind === 'waiting') resolve(state.reason.message);
    });
  });
}
