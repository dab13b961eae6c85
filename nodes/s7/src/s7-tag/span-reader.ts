import type { Link } from '../s7-connection/link.ts';
import { unitBytes } from '../protocol/items.ts';
import { type Block, packParts, type Part, planBlocks, type Span } from '../protocol/read-plan.ts';
import { type BlockOutcome, packAlone, readBlocks } from './read-spans.ts';
import type { SpanOutcome } from './span-outcome.ts';

export interface SpanReaderOptions {
  spans: readonly Span[];
  link: Pick<Link, 'ask' | 'state'>;
  maxGap: number;
  now(): number;
  /** A block was refused and is read again in smaller ones. */
  onRetry(): void;
}

export interface SpanReader {
  /** One outcome per span, in their order. Never rejects. */
  read(how?: { isUrgent?: boolean }): Promise<SpanOutcome[]>;
}

interface Plan {
  pduBytes: number;
  messages: Part[][];
}

/** A block of which every tag was refused is asked for as a whole until this has passed, then tag by tag once more. */
const givenUpMs = 30_000;

/** Two blocks that hold the same members, the first half of them and the second. */
function halves(block: Block, spans: readonly Span[]): Block[] {
  const middle = Math.ceil(block.members.length / 2);
  return [block.members.slice(0, middle), block.members.slice(middle)].map((members) => {
    const own = members.flatMap((member) => spans[member] ?? []);
    const start = Math.min(...own.map((span) => span.start));
    const end = Math.max(...own.map((span) => span.start + span.count));
    return { area: block.area, db: block.db, start, count: end - start, members };
  });
}

/**
 * Reads spans of the PLC's memory in as few messages as fit them. When the PLC refuses a block, its halves are read, and so on:
 * an address that is not there costs its own tag only. Such tags are read on their own until they can be had.
 */
export function createSpanReader({ spans, link, maxGap, now, onRetry }: SpanReaderOptions): SpanReader {
  const alone = new Set<number>();
  /** Blocks that are as a whole not there, and until when that is taken for granted. */
  const givenUp = new Map<Block, number>();
  let plan: Plan | undefined;
  let agreement: object | undefined;

  const currentPlan = (pduBytes: number): Plan => {
    plan ??= { pduBytes, messages: packParts(planBlocks(spans, { maxGap, pduBytes }, alone), pduBytes) };
    return plan;
  };
  const forget = (): void => {
    plan = undefined;
    givenUp.clear();
  };

  const isTrusted = (block: Block): boolean => (givenUp.get(block) ?? Number.NEGATIVE_INFINITY) > now();
  const isDivisible = (block: Block, outcome: BlockOutcome): boolean =>
    outcome.kind === 'refused' &&
    !outcome.isFinal &&
    !isTrusted(block) &&
    (outcome.isWhole || block.members.length > 1);

  /** Notes for the next cycle which tags must be read alone, and which blocks are not there at all. */
  const learn = (first: readonly Block[], outcomes: readonly SpanOutcome[]): void => {
    let isChanged = false;
    for (const block of first) {
      const refused = block.members.filter((member) => outcomes[member]?.kind === 'refused');
      const isAllRefused = refused.length === block.members.length;
      if (isAllRefused && block.members.length > 1) {
        if (!isTrusted(block)) givenUp.set(block, now() + givenUpMs);
        continue;
      }
      givenUp.delete(block);
      for (const member of block.members) {
        if (outcomes[member]?.kind === 'bytes' && alone.delete(member)) isChanged = true;
      }
      for (const member of refused.filter((index) => !alone.has(index))) {
        alone.add(member);
        isChanged = true;
      }
    }
    if (isChanged) forget();
  };

  const assign = (block: Block, outcome: BlockOutcome, into: SpanOutcome[]): void => {
    for (const member of block.members) {
      const span = spans[member];
      if (span === undefined) continue;
      if (outcome.kind === 'bytes') {
        into[member] = { kind: 'bytes', bytes: outcome.bytes, at: (span.start - block.start) * unitBytes(span.area) };
      } else if (outcome.kind === 'refused') {
        into[member] = { kind: 'refused', code: outcome.code, reason: outcome.reason };
      } else into[member] = outcome;
    }
  };

  return {
    async read(how = {}) {
      const into: SpanOutcome[] = spans.map(() => ({ kind: 'lost' }));
      const { state } = link;
      if (state.kind !== 'connected') return into;
      if (agreement !== state.agreement) {
        // Another connection, perhaps to another program: what was learnt holds no longer.
        agreement = state.agreement;
        alone.clear();
        forget();
      }
      const { pduBytes } = state.agreement;
      let { messages } = currentPlan(pduBytes);
      const first = [...new Set(messages.flat().map(({ block }) => block))];
      while (messages.length > 0) {
        const divided: Block[] = [];
        const single: Block[] = [];
        for (const [block, outcome] of await readBlocks(link, messages, how)) {
          if (!isDivisible(block, outcome)) assign(block, outcome, into);
          else if (outcome.kind === 'refused' && outcome.isWhole) single.push(block);
          else divided.push(...halves(block, spans));
        }
        if (divided.length + single.length > 0) onRetry();
        messages = [...packParts(divided, pduBytes), ...packAlone(single, pduBytes)];
      }
      learn(first, into);
      return into;
    },
  };
}
