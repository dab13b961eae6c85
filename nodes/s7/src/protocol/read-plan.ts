import type { Area } from './address.ts';
import { DATA_HEAD, isCounted, ITEM_BYTES, READ_OVERHEAD, type ReadItem, unitBytes } from './items.ts';

/** The part of the PLC's memory that one tag takes. */
export type Span = ReadItem;

/** One stretch of memory, read whole, and which of the planned spans (by index) lie in it. */
export interface Block extends Span {
  members: readonly number[];
}

/** A block, or the part of one that is too large for a message; `from` counts bytes of the block's data. */
export interface Part {
  block: Block;
  item: ReadItem;
  from: number;
}

/** More than this in one message ends nodes7, and PLCs of the 300 series refuse more than 20. */
export const mostItems = 19;

const areas: readonly Area[] = ['P', 'I', 'Q', 'M', 'DB', 'C', 'T'];

/** Data bytes of the one item that fills a message. */
export function largestItem(pduBytes: number): number {
  const bytes = pduBytes - READ_OVERHEAD - DATA_HEAD;
  return bytes - (bytes % 2);
}

/**
 * Merges spans into as few stretches as the limits allow, in the order of area, block and address.
 *
 * Spans that touch, overlap or lie within `maxGap` bytes share a block whenever it still fits in one message, so their
 * values are one snapshot. A span is never divided; one that is too large for a message, or that is in `alone`, becomes a
 * block of its own.
 */
export function planBlocks(
  spans: readonly Span[],
  limits: { maxGap: number; pduBytes: number },
  alone: ReadonlySet<number> = new Set(),
): Block[] {
  const largest = largestItem(limits.pduBytes);
  const sorted = spans
    .map((span, index) => ({ span, index }))
    .sort(
      (a, b) =>
        areas.indexOf(a.span.area) - areas.indexOf(b.span.area) ||
        a.span.db - b.span.db ||
        a.span.start - b.span.start ||
        a.index - b.index,
    );
  const blocks: Array<Span & { members: number[] }> = [];
  const singles: Block[] = [];
  for (const { span, index } of sorted) {
    if (alone.has(index)) {
      singles.push({ ...span, members: [index] });
      continue;
    }
    const block = blocks.at(-1);
    const end = span.start + span.count;
    const gap = isCounted(span.area) ? 0 : limits.maxGap;
    if (
      block !== undefined &&
      block.area === span.area &&
      block.db === span.db &&
      span.start <= block.start + block.count + gap &&
      (Math.max(end, block.start + block.count) - block.start) * unitBytes(span.area) <= largest
    ) {
      block.count = Math.max(block.count, end - block.start);
      block.members.push(index);
    } else {
      blocks.push({ ...span, members: [index] });
    }
  }
  return [...blocks, ...singles];
}

function partsOf(block: Block, largest: number): Part[] {
  const unit = unitBytes(block.area);
  const most = Math.floor(largest / unit);
  const parts: Part[] = [];
  for (let done = 0; done < block.count; done += most) {
    const item = {
      area: block.area,
      db: block.db,
      start: block.start + done,
      count: Math.min(most, block.count - done),
    };
    parts.push({ block, item, from: done * unit });
  }
  return parts;
}

/** Puts the blocks into messages, in their order: neither request nor answer is larger than agreed, and 19 items at most. */
export function packParts(blocks: readonly Block[], pduBytes: number): Part[][] {
  const messages: Part[][] = [];
  const largest = largestItem(pduBytes);
  // A request has a head of 10 and 2 bytes of parameters.
  const most = Math.min(mostItems, Math.floor((pduBytes - 12) / ITEM_BYTES));
  let answer = 0;
  for (const part of blocks.flatMap((block) => partsOf(block, largest))) {
    const bytes = part.item.count * unitBytes(part.item.area);
    const size = DATA_HEAD + bytes + (bytes % 2);
    const message = messages.at(-1);
    if (message !== undefined && message.length < most && answer + size <= pduBytes) {
      message.push(part);
      answer += size;
    } else {
      messages.push([part]);
      answer = READ_OVERHEAD + size;
    }
  }
  return messages;
}
