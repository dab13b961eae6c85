/**
 * How far the handling of the message went that is written down: it runs, the event loop has turned since, or that was
 * more than a second ago. One byte each; only for messages that came from a request, and where each has to be known: nobody
 * asks it of others.
 */
import type { Flag } from '../../protocol/in-hand.ts';

export interface StageTimers {
  /** Once the event loop has turned. */
  soon(work: () => void): void;
  later(work: () => void, ms: number): void;
}

/** What a request begins and does not wait for is mostly done by then. */
const overAfterMs = 1_000;

export const realTimers: StageTimers = {
  soon: (work) => void setImmediate(work),
  later: (work, ms) => void setTimeout(work, ms).unref(),
};

/** Gives what is to be called for each message that is written down: will somebody ask? */
export function followStages(mark: (flag: Flag) => void, { soon, later }: StageTimers): (isAsked: boolean) => void {
  let requests = 0;
  /** Which of them is written down; null where it is another message. */
  let current: number | null = null;
  let isTimed = false;

  /** One timer for all: what is still there when it comes has been there since it was set. */
  const time = (): void => {
    if (isTimed) return;
    isTimed = true;
    const since = current;
    later(() => {
      isTimed = false;
      if (current === null) return;
      if (current === since) mark('O');
      else time();
    }, overAfterMs);
  };
  return (isAsked) => {
    current = isAsked ? (requests += 1) : null;
    if (current === null) return;
    const begun = current;
    soon(() => {
      if (current !== begun) return;
      mark('T');
      time();
    });
  };
}
