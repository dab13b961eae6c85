/**
 * What is done for every message that a node receives: it is counted, written down as the message in hand, told to the keeper,
 * and given an asynchronous context of its own, as far as there is time for it (`pace.ts`). In a flood there is none for a
 * while, and not even for asking whether there is.
 */
import type { BeatWriter } from './beat-writer.ts';
import type { InHandTrace } from './in-hand/trace.ts';
import { createPace, type PaceOptions } from './pace.ts';

export interface Receipts {
  /** Whether a crash should tell this message. */
  received(nodeId: string, msg: object): boolean;
  /** Messages since the start. */
  readonly count: number;
}

export interface ReceiptsOptions extends Pick<PaceOptions, 'later' | 'now'> {
  readonly beats: Pick<BeatWriter, 'received' | 'hurried'>;
  readonly inHand: Pick<InHandTrace, 'received' | 'missed'>;
  /** Whatever it costs. */
  readonly exact: boolean;
}

export function createReceipts({ beats, inHand, exact, ...clock }: ReceiptsOptions): Receipts {
  let count = 0;
  let hurried = 0;
  let isHurried = false;
  const onWindow = (): void => {
    isHurried = false;
    writing.came(hurried);
    contexts.came(hurried);
    hurried = 0;
  };
  /** To write a message down and to tell the keeper takes some 15 µs, an asynchronous context of its own 0.4. */
  const writing = createPace({ takesAll: exact, perSecond: 500, atOnce: 1_000, onWindow, ...clock });
  const contexts = createPace({ takesAll: exact, perSecond: 5_000, atOnce: 5_000, onWindow, ...clock });

  const noted = (nodeId: string, msg: object): boolean => {
    const isWritten = writing.takes();
    if (isWritten) inHand.received(nodeId, msg);
    else inHand.missed();
    beats.received(nodeId, isWritten);
    const hasContext = contexts.takes();
    isHurried = !isWritten && writing.isSpent && contexts.isSpent;
    return hasContext;
  };
  return {
    received(nodeId, msg) {
      count += 1;
      if (!isHurried) return noted(nodeId, msg);
      hurried += 1;
      beats.hurried(nodeId);
      return false;
    },
    get count() {
      return count;
    },
  };
}
