import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** When datagrams with a tab's number came. */
export interface TickWatch {
  readonly port: number;
  /** Gaps of the tabs since the last call, in ms; those that are still open count as well. */
  takeGaps(tabs: readonly number[]): number[];
  /** When the tab's last datagram came, `performance.now()`; 0 when none has. */
  lastOf(tab: number): number;
  /** Its last datagrams came one soon after the other. */
  isSteady(tab: number): boolean;
  close(): void;
}

/** A tab sends every 50 ms. */
const steadyMs = 120;
const steadyTicks = 5;

export async function watchTicks(): Promise<TickWatch> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const last = new Map<number, number>();
  const arrived = new Map<number, number>();
  /** Of each tab how many came in a row without a long silence. */
  const inRow = new Map<number, number>();
  let gaps = new Map<number, number[]>();
  socket.on('message', (message) => {
    const tab = Number(message.toString());
    const now = performance.now();
    const before = last.get(tab);
    inRow.set(tab, now - (arrived.get(tab) ?? 0) < steadyMs ? (inRow.get(tab) ?? 0) + 1 : 0);
    last.set(tab, now);
    arrived.set(tab, now);
    if (before === undefined) return;
    const known = gaps.get(tab);
    if (known) known.push(now - before);
    else gaps.set(tab, [now - before]);
  });
  return {
    port: socket.address().port,
    takeGaps(tabs) {
      const now = performance.now();
      const taken = tabs.flatMap((tab) => [...(gaps.get(tab) ?? []), now - (last.get(tab) ?? now)]);
      gaps = new Map();
      // A tab that was down began anew: its silence is not the next fault's.
      for (const tab of last.keys()) last.set(tab, now);
      return taken;
    },
    lastOf: (tab) => arrived.get(tab) ?? 0,
    isSteady: (tab) => (inRow.get(tab) ?? 0) >= steadyTicks && performance.now() - (arrived.get(tab) ?? 0) < steadyMs,
    close: () => socket.close(),
  };
}
