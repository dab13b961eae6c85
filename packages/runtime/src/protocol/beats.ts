/** What a child tells the keeper on the beat descriptor: that it lives, why it is about to end, what a person must know. */
import { writeSync } from 'node:fs';
import { beatDescriptor } from './descriptors.ts';
import type { ExitReason } from './messages.ts';

/** Begins a line of the beat channel where that shares stderr with what is printed; no text has it. */
export const beatMark = '\u0001';

const toKeeper = (line: string): void => {
  try {
    writeSync(beatDescriptor, line);
  } catch {
    // No keeper, or its end of the pipe is full: a beat is missed, nothing else.
  }
};

let write = toKeeper;

/** For a program in a container, which has no descriptor of the keeper: `container/container-output.ts` reads it. */
export function beatOnStderr(): void {
  write = (line) => {
    // A pipe that is full is emptied within moments; last words are worth the wait.
    for (let tries = 0; tries < 50; tries += 1) {
      try {
        writeSync(2, `${beatMark}${line}`);
        return;
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN') || /^[bed] /.test(line)) return;
        Atomics.wait(nobody, 0, 0, 10);
      }
    }
  };
}

const nobody = new Int32Array(new SharedArrayBuffer(4));

/** Synchronous on purpose: it must get out even if the event loop never turns again. */
export function beat(nodeId = ''): void {
  write(`b ${nodeId.replaceAll('\n', ' ')}\n`);
}

/** This node is being made or closed now; with an empty id: no node any more. Tells what a hang or a kill interrupted. */
export function entered(nodeId: string): void {
  write(`e ${nodeId.replaceAll('\n', ' ')}\n`);
}

/** What this process does that is no work of a node, such as `loading x`; with an empty text: nothing of the sort. */
export function doing(what: string): void {
  write(`d ${what.replaceAll('\n', ' ').slice(0, 500)}\n`);
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
export function lastWords(words: { reason: ExitReason; detail: string; nodeId?: string; exact?: boolean }): void {
  write(`${JSON.stringify({ ...words, detail: words.detail.slice(0, 4000) })}\n`);
}

/** Hands on, as it is, a line that another process wrote on its beat channel. */
export function relayBeat(line: string): void {
  write(`${line}\n`);
}
