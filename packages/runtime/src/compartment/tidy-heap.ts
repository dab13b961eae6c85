/**
 * Clears up the heap, whose young generation grows while a program is loaded and by itself does not shrink: 20 to 40 ms.
 *
 * A spare does it while nobody waits for it. What its start left behind would have V8 mark the whole heap just when it
 * becomes a compartment: 7 to 40 ms of the 45 that the flows take to run.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Of a start that is over; a heap that is full of a flow's own data takes longer to clear up than it gives back. */
const mostBytes = 64 * 1024 * 1024;
const restMs = 1_000;

/** In a second, unless the flows have much in memory by then. */
export function tidyHeapLater(): void {
  setTimeout(() => {
    if (process.memoryUsage().heapUsed < mostBytes) tidyHeap();
  }, restMs).unref();
}

export function tidyHeap(): void {
  // The only way to V8's collector without a flag of the process, which flows would see as `gc`.
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  // No other kind makes the young generation small again.
  if (typeof collect === 'function') Reflect.apply(collect, undefined, [{ type: 'major', flavor: 'last-resort' }]);
}
