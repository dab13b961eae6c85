import { ask } from '../modbus-connection/ask.ts';
import type { Link } from '../modbus-connection/link.ts';
import { ILLEGAL_ADDRESS, ILLEGAL_VALUE, SERVER_FAILURE } from '../protocol/exception.ts';
import { type Block, halvesOf, planReads, type PlanLimits, type UnitSpan } from '../protocol/read-plan.ts';
import { outcomeOf, type SpanOutcome } from './span-outcome.ts';

const lost: SpanOutcome = { kind: 'lost' };

export interface SpanReaderOptions {
  spans: readonly UnitSpan[];
  link: Pick<Link, 'request' | 'reconnects'>;
  limits: PlanLimits;
  now(): number;
  /** A block was refused and is read again in smaller ones. */
  onRetry(): void;
  /** A block has been answered. */
  onAnswer?(): void;
  /** Takes what came for these members (by index) after it was given up. */
  onLate?(members: readonly number[], outcome: SpanOutcome): void;
}

export interface SpanReader {
  /** One outcome per span, in their order. Never rejects. */
  read(how?: { isUrgent?: boolean }): Promise<SpanOutcome[]>;
}

/** A block was read in one piece, with values or without, or in parts after it was refused. */
type BlockResult = 'good' | 'whole' | 'divided';

/** A block of which every tag was refused is asked for as a whole until this has passed, then tag by tag once more. */
const givenUpMs = 30_000;
/** Blocks that one reader has asked for at a time: more than fit on the wire, few enough to leave room in the queue. */
const mostAsked = 32;
/** What a device says of a block in which one address is not there; others, such as busy, are of the device as a whole. */
const ofAddresses: ReadonlySet<number> = new Set([ILLEGAL_ADDRESS, ILLEGAL_VALUE, SERVER_FAILURE]);

/**
 * Reads spans in as few requests as fit them. When the device refuses a block, its halves are read, and so on: an address
 * that is not there costs its own tag only. Such tags are read on their own until they can be had.
 */
export function createSpanReader(options: SpanReaderOptions): SpanReader {
  const { spans, link, limits, now } = options;
  const alone = new Set<number>();
  const tight = new Set<number>();
  /** Blocks that are as a whole not there, and until when that is taken for granted. */
  const givenUp = new Map<Block, number>();
  let plan: Block[] | undefined;
  let connection: number | undefined;

  const forgetPlan = (): void => {
    plan = undefined;
    givenUp.clear();
  };
  const isTrusted = (block: Block): boolean => (givenUp.get(block) ?? Number.NEGATIVE_INFINITY) > now();
  /** Resolves to whether the block was read in one piece. */
  const readBlock = async (block: Block, isUrgent: boolean, into: SpanOutcome[]): Promise<BlockResult> => {
    const { unit, area, address, count, members } = block;
    const answer = await ask(
      link,
      unit,
      { kind: 'read', area, address, count },
      { isUrgent, onLate: (reply) => options.onLate?.(members, outcomeOf(reply, address)) },
    );
    const outcome = outcomeOf(answer, address);
    if (outcome.kind === 'values' || outcome.kind === 'refused') options.onAnswer?.();
    if (outcome.kind === 'refused' && ofAddresses.has(outcome.code) && members.length > 1 && !isTrusted(block)) {
      options.onRetry();
      await Promise.all(halvesOf(block, spans).map((half) => readBlock(half, isUrgent, into)));
      return 'divided';
    }
    for (const member of members) into[member] = outcome;
    return outcome.kind === 'values' ? 'good' : 'whole';
  };

  /** Notes for the next cycle which tags must be read alone, and which blocks are not there at all. */
  const learn = (block: Block, result: BlockResult, outcomes: readonly SpanOutcome[]): boolean => {
    if (result === 'good' && alone.size === 0 && givenUp.size === 0) return false;
    const refused = block.members.filter((member) => outcomes[member]?.kind === 'refused');
    if (refused.length === block.members.length && block.members.length > 1) {
      if (!isTrusted(block)) givenUp.set(block, now() + givenUpMs);
      return false;
    }
    givenUp.delete(block);
    let isChanged = false;
    for (const member of block.members) {
      if (outcomes[member]?.kind === 'values' && alone.delete(member)) isChanged = true;
      if (result !== 'divided' || tight.has(member)) continue;
      // It is what lies between its members that may not be there.
      tight.add(member);
      isChanged = true;
    }
    for (const member of refused.filter((index) => !alone.has(index))) {
      alone.add(member);
      isChanged = true;
    }
    return isChanged;
  };

  return {
    async read({ isUrgent = false } = {}) {
      if (connection !== link.reconnects) {
        // Another connection, perhaps to another program: what was learnt holds no longer.
        connection = link.reconnects;
        alone.clear();
        tight.clear();
        forgetPlan();
      }
      plan ??= planReads(spans, limits, { alone, tight });
      const blocks = plan;
      const into: SpanOutcome[] = spans.map(() => lost);
      const results: BlockResult[] = [];
      let next = 0;
      const askOn = async (): Promise<void> => {
        for (let index = next; index < blocks.length; index = next) {
          next += 1;
          const block = blocks[index];
          if (block !== undefined) results[index] = await readBlock(block, isUrgent, into);
        }
      };
      await Promise.all(Array.from({ length: Math.min(mostAsked, blocks.length) }, askOn));
      const changes = blocks.map((block, index) => learn(block, results[index] ?? 'whole', into));
      if (changes.includes(true)) forgetPlan();
      return into;
    },
  };
}
