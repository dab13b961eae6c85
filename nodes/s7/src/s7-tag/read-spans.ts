import type { Link } from '../s7-connection/link.ts';
import { errorText, isAccessDenied, type Message } from '../protocol/message.ts';
import { type ItemReply, itemErrorText, parseRead, readRequest } from '../protocol/items.ts';
import { type Block, packParts, type Part } from '../protocol/read-plan.ts';
import type { SpanOutcome } from './span-outcome.ts';

/** What reading one block came to; `isWhole`: the fault is of the whole message, and not for certain the block's own. */
export type BlockOutcome =
  | { kind: 'bytes'; bytes: Buffer }
  | { kind: 'refused'; code: number; reason: string; isWhole: boolean; isFinal: boolean }
  | Exclude<SpanOutcome, { kind: 'bytes' | 'refused' }>;

type PartOutcome = { part: Part; outcome: BlockOutcome };

function outcomeOf(reply: ItemReply | undefined): BlockOutcome {
  if (reply === undefined) return { kind: 'failed', code: 'garbled', reason: 'no answer for the item' };
  if (reply.kind === 'bytes') return reply;
  return { kind: 'refused', code: reply.code, reason: itemErrorText(reply.code), isWhole: false, isFinal: false };
}

function partOutcomes(parts: readonly Part[], message: Message): PartOutcome[] {
  const same = (outcome: BlockOutcome): PartOutcome[] => parts.map((part) => ({ part, outcome }));
  const { error } = message;
  if (error !== 0) {
    const isFinal = isAccessDenied(error);
    return same({ kind: 'refused', code: error, reason: errorText(error), isWhole: parts.length > 1, isFinal });
  }
  const replies = parseRead(
    message,
    parts.map(({ item }) => item),
  );
  if (typeof replies === 'string') return same({ kind: 'failed', code: 'garbled', reason: replies });
  return parts.map((part, index) => ({ part, outcome: outcomeOf(replies[index]) }));
}

async function askParts(link: Pick<Link, 'ask'>, parts: readonly Part[], isUrgent: boolean): Promise<PartOutcome[]> {
  const outcome = await link.ask(readRequest(parts.map(({ item }) => item)), { isUrgent });
  const same = (outcome: BlockOutcome): PartOutcome[] => parts.map((part) => ({ part, outcome }));
  switch (outcome.kind) {
    case 'answer':
      return partOutcomes(parts, outcome.message);
    case 'unanswered':
      return same({ kind: 'lost' });
    case 'unsent':
      if (outcome.reason !== 'queue-full') return same({ kind: 'lost' });
      return same({ kind: 'failed', code: 'queue-full', reason: 'too many requests wait already' });
  }
}

/** Reads every block once. Blocks that are larger than a message are put together from their parts. */
export async function readBlocks(
  link: Pick<Link, 'ask'>,
  messages: readonly (readonly Part[])[],
  { isUrgent = false }: { isUrgent?: boolean } = {},
): Promise<Map<Block, BlockOutcome>> {
  const answered = (await Promise.all(messages.map((parts) => askParts(link, parts, isUrgent)))).flat();
  const outcomes = new Map<Block, BlockOutcome>();
  for (const { part, outcome } of answered) {
    const earlier = outcomes.get(part.block);
    if (earlier === undefined || (earlier.kind === 'bytes' && outcome.kind !== 'bytes')) {
      outcomes.set(part.block, outcome);
    } else if (earlier.kind === 'bytes' && outcome.kind === 'bytes') {
      outcomes.set(part.block, { kind: 'bytes', bytes: Buffer.concat([earlier.bytes, outcome.bytes]) });
    }
  }
  return outcomes;
}

/** Each block in a message of its own. */
export function packAlone(blocks: readonly Block[], pduBytes: number): Part[][] {
  return blocks.flatMap((block) => packParts([block], pduBytes));
}
