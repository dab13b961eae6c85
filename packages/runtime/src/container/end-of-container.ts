/** What the program that keeps a container says of its end, and with which code it ends itself. Pure. */
import type { LastWords } from '../keeper/exit-analysis.ts';
import type { ContainerState } from './engine.ts';

const killed = 137;

export interface EndOfContainer {
  readonly exitCode: number;
  /** Null where what the compartment itself said, or the code alone, is the whole story. */
  readonly words: LastWords | null;
}

/** `state` is null where somebody removed the container; `oomKills` is the kernel's own count, where it is known. */
export function endOfContainer(
  state: ContainerState | null,
  oomKills: number | null,
  memoryMb: number,
): EndOfContainer {
  if (state === null) {
    return { exitCode: killed, words: { reason: 'signal', detail: 'somebody removed its container' } };
  }
  // The kernel may also have taken a process that a node had started, and the compartment ended for another reason.
  if (state.exitCode === killed && (state.oomKilled || (oomKills ?? 0) > 0)) {
    const detail = `the kernel ended it: its container used all of its ${memoryMb} MB of memory`;
    return { exitCode: killed, words: { reason: 'memory-limit', detail } };
  }
  return { exitCode: state.exitCode, words: null };
}
