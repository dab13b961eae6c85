/** What codes are called in plain English: the terminal and the editor say the same. */
import type { ExitReason } from './messages.ts';

export const exitWords = {
  exit: 'ended by itself',
  signal: 'ended by a signal',
  'uncaught-exception': 'uncaught exception',
  'unhandled-rejection': 'unhandled rejection',
  'out-of-memory': 'out of memory',
  'memory-limit': 'memory limit',
  hang: 'hang',
  'startup-failed': 'could not start',
} as const satisfies Record<ExitReason, string>;

/** States of a compartment. */
export const stateWords = {
  running: 'running',
  starting: 'starting',
  'backing-off': 'waiting to restart',
  quarantined: 'quarantined',
  stopped: 'stopped',
  /** Running, and without a sign of life for some seconds. */
  silent: 'does not answer',
} as const;

/** The code itself where there are no words for it: a house may be newer than who asks it. */
export function wordsFor(words: Readonly<Record<string, string>>, code: string): string {
  return (Object.hasOwn(words, code) ? words[code] : undefined) ?? code;
}
