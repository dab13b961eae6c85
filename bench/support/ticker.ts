import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** A UDP socket that the ticker flow sends to; knows when each datagram came. */
export interface TickerWatch {
  readonly port: number;
  /** Gaps between datagrams since the last call, in ms; the gap that is still open counts as one. */
  takeGaps(): number[];
  /** Resolves at the next datagram; false when none came in time. */
  next(deadlineMs: number): Promise<boolean>;
  close(): void;
}

export async function watchTicker(): Promise<TickerWatch> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  let last = performance.now();
  let gaps: number[] = [];
  socket.on('message', () => {
    const now = performance.now();
    gaps.push(now - last);
    last = now;
  });
  return {
    port: socket.address().port,
    takeGaps() {
      const now = performance.now();
      const taken = [...gaps, now - last];
      gaps = [];
      last = now;
      return taken;
    },
    next: (deadlineMs) =>
      Promise.race([
        once(socket, 'message').then(() => true),
        new Promise<boolean>((resolve) => setTimeout(() => resolve(false), deadlineMs).unref()),
      ]),
    close: () => socket.close(),
  };
}
