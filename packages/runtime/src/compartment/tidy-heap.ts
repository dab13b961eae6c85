/**
 * Clears up the heap of a spare while nobody waits for it. What its start left behind would have V8 mark the whole heap just
 * when it becomes a compartment: 7 to 40 ms of the 45 that the flows take to run.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export function tidyHeap(): void {
  // The only way to V8's collector without a flag of the process, which flows would see as `gc`.
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--no-expose-gc');
  if (typeof collect === 'function') Reflect.apply(collect, undefined, []);
}
