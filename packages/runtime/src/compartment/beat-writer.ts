/**
 * Beats for the keeper: one a second from a timer, and one for every change of the receiving node, so that a node
 * that never returns is named and a burst of legal work is not taken for a hang.
 *
 * A beat wakes the keeper: of messages that are not noted (`pace.ts`) there is one in 200 ms.
 */
import { beat } from '../protocol/beats.ts';

export interface BeatWriter {
  received(nodeId: string, noted: boolean): void;
  /** One of a flood. */
  hurried(nodeId: string): void;
  stop(): void;
}

const oftenEnoughMs = 200;
/** Of messages that are not noted. */
const clockEvery = 64;

export function createBeatWriter({
  exact = false,
  everyMs = 1000,
  write = beat,
  now = () => performance.now(),
}: {
  /** For every message, whatever it costs. */
  exact?: boolean;
  everyMs?: number;
  write?: (nodeId: string) => void;
  now?: () => number;
} = {}): BeatWriter {
  let last = '';
  let written = '';
  let writtenAt = now();
  let missed = 0;

  const put = (at: number): void => {
    writtenAt = at;
    written = last;
    write(last);
  };
  const timer = setInterval(() => put(now()), everyMs);
  write('');

  const hurried = (nodeId: string): void => {
    last = nodeId;
    // A burst has to beat as well, or a legal loop of ten seconds of messages would be killed.
    missed += 1;
    if (missed === clockEvery) oftenEnough();
  };
  const oftenEnough = (): void => {
    missed = 0;
    const at = now();
    if (at - writtenAt >= oftenEnoughMs) put(at);
  };

  return {
    received(nodeId, noted) {
      last = nodeId;
      if (exact || (noted && nodeId !== written)) return put(now());
      if (noted) oftenEnough();
      else hurried(nodeId);
    },
    hurried,
    stop: () => clearInterval(timer),
  };
}
