import { equal } from 'node:assert/strict';
import type { Stage } from '../../../packages/runtime/src/protocol/in-hand.ts';
import type { ExitReason } from '../../../packages/runtime/src/protocol/messages.ts';
import { isToBlame } from '../../../packages/runtime/src/supervisor/crashes/blame.ts';

interface Case {
  readonly title: string;
  readonly reason: ExitReason;
  readonly stage: Stage;
  readonly blamed: boolean;
  readonly signal?: string;
  readonly code?: number;
  readonly answered?: boolean;
  readonly heapShare?: number;
}

const cases: readonly Case[] = [
  { title: 'an exception of what it began', reason: 'uncaught-exception', stage: 'ends', answered: true, blamed: true },
  { title: 'an exception of another', reason: 'uncaught-exception', stage: 'runs', blamed: false },
  { title: 'an end that its handling asked for', reason: 'exit', stage: 'ends', blamed: true },
  { title: 'an end that nobody asked for', reason: 'exit', stage: 'turned', blamed: false },
  { title: 'a hang of its handling', reason: 'hang', stage: 'runs', answered: true, blamed: true },
  { title: 'a hang of what it waits for', reason: 'hang', stage: 'turned', blamed: true },
  { title: 'a hang after it was answered', reason: 'hang', stage: 'turned', answered: true, blamed: false },
  { title: 'a hang while it waits for long', reason: 'hang', stage: 'over', blamed: false },
  { title: 'a kill from outside', reason: 'signal', signal: 'SIGKILL', stage: 'runs', blamed: false },
  { title: 'a kill from outside of a container', reason: 'signal', code: 137, stage: 'runs', blamed: false },
  { title: 'a memory fault in its handling', reason: 'signal', signal: 'SIGSEGV', stage: 'runs', blamed: true },
  { title: 'a memory fault in a container', reason: 'signal', code: 139, stage: 'turned', blamed: true },
  { title: 'a memory fault long after', reason: 'signal', signal: 'SIGSEGV', stage: 'over', blamed: false },
  { title: 'a heap that it filled', reason: 'out-of-memory', stage: 'runs', heapShare: 0.2, blamed: true },
  { title: 'a heap that was full', reason: 'out-of-memory', stage: 'runs', heapShare: 0.95, blamed: false },
  { title: 'a heap that others fill', reason: 'out-of-memory', stage: 'over', heapShare: 0.2, blamed: false },
  { title: 'the memory of the whole process', reason: 'memory-limit', stage: 'runs', heapShare: 0.2, blamed: false },
];

describe('a request in hand', () => {
  for (const { title, reason, stage, blamed, signal = null, code = null, answered = false, heapShare = 0.1 } of cases) {
    it(`is ${blamed ? '' : 'not '}to blame for ${title}`, () => {
      equal(
        isToBlame({ stage, heapShare }, { reason, signal, code }, () => answered),
        blamed,
      );
    });
  }
});
