/**
 * Beats for the keeper: one a second from a timer, and one for every change of the receiving node, so that a node
 * that never returns is named and a burst of legal work is not taken for a hang.
 *
 * A beat is a write of 3 µs. Where messages alternate between nodes 40,000 times a second that would be 12 % of the
 * time, so changes draw on a budget: `changesPerSecond` writes refill evenly, at most `burst` at once. In ordinary
 * flows each change is written; in a flood the last written node may be a millisecond old.
 */
import { beat } from '../protocol/beats.ts';

export interface BeatWriter {
  received(nodeId: string): void;
  stop(): void;
}

export function createBeatWriter({
  exact = false,
  changesPerSecond = 1000,
  burst = 200,
  everyMs = 1000,
  write = beat,
}: {
  exact?: boolean;
  changesPerSecond?: number;
  burst?: number;
  everyMs?: number;
  write?: (nodeId: string) => void;
} = {}): BeatWriter {
  let last = '';
  let written = '';
  let lastWriteAt = 0;
  let budget = burst;
  let refilledAt = performance.now();

  let calls = 0;

  const put = (now: number): void => {
    lastWriteAt = now;
    written = last;
    write(last);
  };
  const timer = setInterval(() => put(performance.now()), everyMs);
  write('');

  return {
    received(nodeId) {
      last = nodeId;
      if (exact) return put(0);
      const sameNode = nodeId === written;
      // A burst within one node still has to beat, or a legal loop of ten seconds of messages would be killed.
      // The clock is looked at once in 64 such messages.
      if (sameNode && (calls = (calls + 1) & 63) !== 0) return;
      const now = performance.now();
      budget = Math.min(burst, budget + ((now - refilledAt) / 1000) * changesPerSecond);
      refilledAt = now;
      if (sameNode && now - lastWriteAt < 200) return;
      if (budget < 1) return;
      budget -= 1;
      put(now);
    },
    stop: () => clearInterval(timer),
  };
}
