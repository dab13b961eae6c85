/**
 * Slows down the guessing of passwords. Node-RED itself stops a user name after five attempts in ten minutes, which
 * leaves an attacker all other names; here an address that failed often waits as well.
 */
export interface LoginThrottle {
  /** Seconds that this address has to wait; 0 when it may try. */
  waitS(address: string): number;
  failed(address: string): void;
}

export function createLoginThrottle(
  now: () => number,
  { failures = 20, windowMs = 10 * 60_000, maxAddresses = 10_000 } = {},
): LoginThrottle {
  const failedAt = new Map<string, readonly number[]>();
  const recent = (address: string): readonly number[] =>
    (failedAt.get(address) ?? []).filter((at) => at > now() - windowMs);
  return {
    waitS(address) {
      const times = recent(address);
      const oldest = times[0];
      return times.length < failures || oldest === undefined ? 0 : Math.ceil((oldest + windowMs - now()) / 1_000);
    },
    failed(address) {
      const times = [...recent(address), now()].slice(-failures);
      failedAt.delete(address);
      failedAt.set(address, times);
      // Whoever has been quiet longest is forgotten first.
      for (const oldest of failedAt.keys()) {
        if (failedAt.size <= maxAddresses) break;
        failedAt.delete(oldest);
      }
    },
  };
}
