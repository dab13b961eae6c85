import { systemClock } from '@bulkhead/core';
import { s7Transport } from '../io/s7-tcp.ts';
import { readS7Connection } from '../s7-connection/config.ts';
import { createLink, type Link } from '../s7-connection/link.ts';
import { decodeValue } from '../protocol/decode.ts';
import type { Request } from '../protocol/message.ts';
import {
  blockInfoRequest,
  listDataBlocksRequest,
  moduleRequest,
  nextPartRequest,
  parseBlockLength,
  parseBlockList,
  parseModule,
  parseUserData,
} from '../protocol/user-data.ts';
import { placeTag, type Spot } from '../s7-tag/place-tag.ts';
import { createSpanReader } from '../s7-tag/span-reader.ts';
import type { SpanOutcome } from '../s7-tag/span-outcome.ts';
import type { ProbeQuestion, ProbeResult } from './question.ts';

const mostBlocks = 500;
const mostParts = 50;

/** All parts of the data of an answer; empty when the PLC has none. */
async function askData(link: Link, request: Request): Promise<Buffer> {
  const parts: Buffer[] = [];
  let next: Request | undefined = request;
  while (next !== undefined && parts.length < mostParts) {
    const outcome = await link.ask(next);
    const read = outcome.kind === 'answer' ? parseUserData(outcome.message) : undefined;
    if (outcome.kind !== 'answer' || read === undefined) break;
    parts.push(read.data);
    next = read.hasMore ? nextPartRequest(outcome.message) : undefined;
  }
  return Buffer.concat(parts);
}

/** The data blocks and how long each is; 0 where the PLC does not say. */
async function blocksOf(link: Link): Promise<ProbeResult> {
  const numbers = parseBlockList(await askData(link, listDataBlocksRequest())).sort((a, b) => a - b);
  const blocks: { db: number; bytes: number }[] = [];
  for (const db of numbers.slice(0, mostBlocks)) {
    blocks.push({ db, bytes: parseBlockLength(await askData(link, blockInfoRequest(db))) });
  }
  return { kind: 'blocks', blocks };
}

const plain = { scale: 1, offset: 0 };

function textOf(spot: Spot, outcome: SpanOutcome | undefined): { ok: boolean; text: string } {
  if (outcome?.kind !== 'bytes')
    return { ok: false, text: outcome === undefined || outcome.kind === 'lost' ? 'no answer' : outcome.reason };
  const { bytes, at } = outcome;
  const decoded = decodeValue(
    new DataView(bytes.buffer, bytes.byteOffset, bytes.length),
    at,
    spot.bit,
    spot.scalar,
    plain,
  );
  return decoded.ok ? { ok: true, text: String(decoded.value) } : { ok: false, text: decoded.code };
}

/** The first value of each tag. */
async function valuesOf(link: Link, tags: readonly { address: string; type: string }[]): Promise<ProbeResult> {
  const names = { symbols: new Map(), templates: new Map() };
  const placed = tags.map(({ address, type }) => placeTag(address, type, names));
  const spots = placed.map((tag) => (tag.ok ? tag.spots[0] : undefined));
  const spans = spots.flatMap((spot) => (spot === undefined ? [] : [spot.span]));
  const outcomes = await createSpanReader({ spans, link, maxGap: 0, now: Date.now, onRetry: () => {} }).read();
  let next = 0;
  const values = placed.map((tag, index) => {
    const spot = spots[index];
    if (!tag.ok || spot === undefined) return { ok: false, text: tag.ok ? 'no value' : tag.reason };
    next += 1;
    return textOf(spot, outcomes[next - 1]);
  });
  return { kind: 'values', values };
}

/** Connects, asks, and ends the connection. Never rejects. */
export async function answerProbe(question: ProbeQuestion): Promise<ProbeResult> {
  const read = readS7Connection(question.connection);
  if (!read.ok) return { kind: 'failed', reason: read.problem };
  const { address } = read.config;
  const startedAt = Date.now();
  const link = createLink({
    open: s7Transport(address),
    clock: systemClock,
    random: Math.random,
    backOff: { firstMs: 60_000, factor: 1, maxMs: 60_000, jitter: 0 },
    timeoutMs: address.timeoutMs,
    maxQueued: 1_000,
  });
  try {
    const failure = await connected(link);
    if (failure !== undefined) return { kind: 'failed', reason: failure };
    const ms = Date.now() - startedAt;
    switch (question.kind) {
      case 'blocks':
        return await blocksOf(link);
      case 'values':
        return await valuesOf(link, question.tags);
      case 'test': {
        const { state } = link;
        const agreement = state.kind === 'connected' ? state.agreement : address.wanted;
        return { kind: 'connected', module: parseModule(await askData(link, moduleRequest())), ...agreement, ms };
      }
    }
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
