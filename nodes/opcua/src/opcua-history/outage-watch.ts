import type { Link } from '../opcua-connection/link.ts';
import type { Outage } from './request.ts';

/** Values of the second before a loss may have been on their way. */
const marginMs = 1_000;

/** Remembers when the connection was away last. */
export function createOutageWatch(
  link: Pick<Link, 'watch'>,
  now: () => number,
): { last(): Outage | undefined; stop(): void } {
  let lostAt: number | undefined;
  let isUp = false;
  let outage: Outage | undefined;
  const stop = link.watch(({ kind }) => {
    if (kind === 'connected') {
      if (lostAt !== undefined) outage = { from: lostAt - marginMs, to: now() };
      lostAt = undefined;
      isUp = true;
      return;
    }
    if (isUp && kind === 'waiting') lostAt = now();
    isUp = false;
  });
  return { last: () => outage, stop };
}
