/**
 * Clears up the heap, whose young generation grows while a program is loaded and by itself does not shrink: 30 to 100 ms.
 *
 * A spare does it while nobody waits for it. What its start left behind would have V8 mark the whole heap just when it
 * becomes a compartment: 7 to 40 ms of the 45 that the flows take to run.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** A heap that is full of a flow's own data takes longer to clear up than it gives back. */
const mostBytes = 64 * 1024 * 1024;
const quietMs = 500;
/** A minute. */
const mostLooks = 120;

const unwatched = (look: () => void, ms: number): (() => void) => {
  const timer = setInterval(look, ms);
  timer.unref();
  return () => clearInterval(timer);
};

/** Once, as soon as no message came for a moment; not at all in a flow that has no such moment in its first minute. */
export function tidyHeapOnceQuiet(messagesReceived: () => number, tidy = tidySmallHeap, every = unwatched): void {
  let before: number | undefined;
  let looks = 0;
  const stop = every(() => {
    const received = messagesReceived();
    const isQuiet = received === before;
    before = received;
    looks += 1;
    if (!isQuiet && looks < mostLooks) return;
    stop();
    if (isQuiet) tidy();
  }, quietMs);
}

function tidySmallHeap(): void {
  if (process.memoryUsage().heapUsed < mostBytes) tidyHeap();
}

export function tidyHeap(): void {
  // The only way to V8's collector without a flag of the process, which flows would see as `gc`.
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  // No other kind makes the young generation small again.
  if (typeof collect === 'function') Reflect.apply(collect, undefined, [{ type: 'major', flavor: 'last-resort' }]);
}
