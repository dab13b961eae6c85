import { type Area, isBitArea } from './register-type.ts';

/** The part of a device's memory that one tag occupies. Counts are registers, or bits in a bit area. */
export interface Span {
  area: Area;
  address: number;
  count: number;
}

/** One request, and which of the planned spans (by index) its answer holds. */
export interface Block extends Span {
  members: readonly number[];
}

export interface PlanLimits {
  /** Unused registers (or bits) between two spans that are read along rather than asked for apart. */
  maxGap: number;
  /** Registers per request; 125 is the most that fits (Modbus application protocol 1.1b3, clause 6.3). */
  maxRegisters: number;
}

/** Bits per request (clause 6.1). */
const MAX_BITS = 2000;

/**
 * Merges spans into as few requests as the limits allow, in the order of area and address.
 *
 * Spans that touch or overlap share a block whenever they fit in it, so their values are one snapshot. A span is never
 * divided; one that is larger than the limit gets a block of its own.
 */
export function planReads(spans: readonly Span[], limits: PlanLimits): Block[] {
  const sorted = spans
    .map((span, index) => ({ span, index }))
    .sort((a, b) => a.span.area.localeCompare(b.span.area) || a.span.address - b.span.address || a.index - b.index);
  const blocks: Array<Span & { members: number[] }> = [];
  for (const { span, index } of sorted) {
    const block = blocks.at(-1);
    const end = span.address + span.count;
    const largest = isBitArea(span.area) ? MAX_BITS : limits.maxRegisters;
    if (
      block !== undefined &&
      block.area === span.area &&
      span.address <= block.address + block.count + limits.maxGap &&
      end - block.address <= largest
    ) {
      block.count = Math.max(block.count, end - block.address);
      block.members.push(index);
    } else {
      blocks.push({ ...span, members: [index] });
    }
  }
  return blocks;
}
