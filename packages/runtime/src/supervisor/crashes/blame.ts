/**
 * Did the handling of this request end the process? In doubt it did not: a request that is set aside is refused until a
 * person has seen to it, and one that does kill comes again.
 */
import type { ChildExit } from '../../protocol/messages.ts';
import type { LastInHand } from './in-hand-file.ts';

/** Signals by which a process ends itself, or is ended for what it did. */
const faults: ReadonlySet<string> = new Set(['SIGABRT', 'SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGTRAP']);
/** The same two as a container tells them. */
const faultCodes: ReadonlySet<number> = new Set([134, 139]);
/** Of a heap that was fuller than this when the request came, somebody else had taken the most. */
const roomyHeapShare = 0.7;

/** Pure. `wasAnswered`: the front had handed on the whole answer. */
export function isToBlame(
  { stage, heapShare = 1 }: Pick<LastInHand, 'stage' | 'heapShare'>,
  { reason, signal, code }: Pick<ChildExit, 'reason' | 'signal' | 'code'>,
  wasAnswered: () => boolean,
): boolean {
  switch (reason) {
    case 'uncaught-exception':
    case 'unhandled-rejection':
    case 'exit':
      return stage === 'ends';
    case 'signal':
      return (faults.has(signal ?? '') || faultCodes.has(code ?? 0)) && wasInHand();
    case 'hang':
      return wasInHand();
    case 'out-of-memory':
      return stage === 'ends' || (heapShare < roomyHeapShare && wasInHand());
    // The sum of all that runs there; or not in the handling of a message at all.
    case 'memory-limit':
    case 'startup-failed':
      return false;
  }

  function wasInHand(): boolean {
    switch (stage) {
      case 'runs':
      case 'ends':
        return true;
      case 'turned':
        return !wasAnswered();
      case 'over':
        return false;
    }
  }
}
