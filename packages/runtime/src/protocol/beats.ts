/** What a child tells the keeper on the beat descriptor: that it lives, why it is about to end, what a person must know. */
import { writeSync } from 'node:fs';
import { beatDescriptor } from './descriptors.ts';
import type { ExitReason } from './messages.ts';

const write = (line: string): void => {
  try {
    writeSync(beatDescriptor, line);
  } catch {
    // No keeper, or its end of the pipe is full: a beat is missed, nothing else.
  }
};

/** Synchronous on purpose: it must get out even if the event loop never turns again. */
export function beat(nodeId = ''): void {
  write(`b ${nodeId.replaceAll('\n', ' ')}\n`);
}

/** Beats from a timer that keeps nothing alive; returns a stopper. */
export function startBeats(everyMs = 1000): () => void {
  beat();
  const timer = setInterval(() => beat(), everyMs);
  timer.unref();
  return () => clearInterval(timer);
}

/** One line for the person at the terminal; the log has it too. The keeper takes it from programs of the house alone. */
export function notice(text: string): void {
  const line = text.replaceAll(/\s*\n\s*/g, ' ').slice(0, 4000);
  console.error(line);
  write(`n ${line}\n`);
}

/** Why this process is about to end, in one line for a person. */
export function lastWords(words: { reason: ExitReason; detail: string; nodeId?: string }): void {
  write(`${JSON.stringify({ ...words, detail: words.detail.slice(0, 4000) })}\n`);
}
