/** Ends a child whose keeper is gone: a flow that nobody supervises and that no restart would replace must not live on. */
import { Socket } from 'node:net';
import { beatDescriptor } from './descriptors.ts';

const defaultLimitMs = 2_000;

/**
 * Call once, early. The keeper never writes to the beat descriptor, so the only news on it is its end: the keeper
 * died. `onGone` may tidy up; the process ends `limitMs` later at the latest. A process that hangs cannot run this: on Linux the
 * keeper asks the kernel for a death signal as well.
 */
export function endWhenKeeperGone(onGone: () => void = () => process.exit(1), limitMs = defaultLimitMs): void {
  let gone = false;
  const react = (): void => {
    if (gone) return;
    gone = true;
    endAsOrphan(onGone, limitMs);
  };
  let socket: Socket;
  try {
    socket = new Socket({ fd: beatDescriptor, readable: true, writable: false });
  } catch {
    // Started by hand, without a keeper: nothing to guard against.
    return;
  }
  socket.on('end', react);
  socket.on('close', react);
  socket.on('error', react);
  socket.resume();
  socket.unref();
}

/** Nobody keeps this process any more: `tidyUp`, and after the limit it ends in any case. */
export function endAsOrphan(tidyUp: () => void, limitMs = defaultLimitMs): void {
  setTimeout(() => process.exit(1), limitMs).unref();
  tidyUp();
}
