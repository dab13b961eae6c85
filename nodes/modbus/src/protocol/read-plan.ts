import { type Area, isBitArea } from './register-type.ts';

/** The part of a device's memory that one tag occupies. Counts are registers, or bits in a bit area. */
export interface Span {
  area: Area;
  address: number;
  count: number;
}

/** The same of one of the units behind a connection. */
export interface UnitSpan extends Span {
  unit: number;
}

/** One request, and which of the planned spans (by index) its answer holds. */
export interface Block extends UnitSpan {
  members: readonly number[];
}

export interface PlanLimits {
  /** Unused registers (or bits) between two spans that are read along rather than asked for apart. */
  maxGap: number;
  /** Registers per request; 125 is the most that fits (Modbus application protocol 1.1b3, clause 6.3). */
  maxRegisters: number;
}

/** What an earlier reading showed, by index of the spans. */
export interface Learnt {
  /** Refused on their own: read alone, so that they spoil no block. */
  alone: ReadonlySet<number>;
  /** Beside a gap that could not be read along: merged only with what they touch. */
  tight: ReadonlySet<number>;
}

/** Bits per request (clause 6.1). */
const MAX_BITS = 2000;
const nothingLearnt: Learnt = { alone: new Set(), tight: new Set() };

/**
 * Merges spans into as few requests as the limits allow, in the order of unit, area and address.
 *
 * Spans that touch or overlap share a block whenever they fit in it, so their values are one snapshot. A span is never
 * divided; one that is larger than the limit gets a block of its own.
 */
export function planReads(
  spans: readonly UnitSpan[],
  limits: PlanLimits,
  { alone, tight }: Learnt = nothingLearnt,
): Block[] {
  const sorted = spans
    .map((span, index) => ({ span, index }))
    .sort(
      (a, b) =>
        a.span.unit - b.span.unit ||
        a.span.area.localeCompare(b.span.area) ||
        a.span.address - b.span.address ||
        a.index - b.index,
    );
  const blocks: Array<UnitSpan & { members: number[] }> = [];
  const singles: Block[] = [];
  for (const { span, index } of sorted) {
    if (alone.has(index)) {
      singles.push({ ...span, members: [index] });
      continue;
    }
    const block = blocks.at(-1);
    const end = span.address + span.count;
    const largest = isBitArea(span.area) ? Math.min(MAX_BITS, limits.maxRegisters * 16) : limits.maxRegisters;
    const gap = tight.has(index) ? 0 : limits.maxGap;
    if (
      block !== undefined &&
      block.unit === span.unit &&
      block.area === span.area &&
      span.address <= block.address + block.count + gap &&
      end - block.address <= largest
    ) {
      block.count = Math.max(block.count, end - block.address);
      block.members.push(index);
    } else {
      blocks.push({ ...span, members: [index] });
    }
  }
  return [...blocks, ...singles];
}

/** Two blocks that hold the same members, the first half of them and the second. */
export function halvesOf(block: Block, spans: readonly UnitSpan[]): Block[] {
  const middle = Math.ceil(block.members.length / 2);
  return [block.members.slice(0, middle), block.members.slice(middle)].map((members) => {
    const own = members.flatMap((member) => spans[member] ?? []);
    const address = Math.min(...own.map((span) => span.address));
    const end = Math.max(...own.map((span) => span.address + span.count));
    return { unit: block.unit, area: block.area, address, count: end - address, members };
  });
}
