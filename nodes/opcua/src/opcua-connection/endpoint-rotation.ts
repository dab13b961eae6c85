import { type BackOffPolicy, nextDelayMs } from '@bulkhead/core';

/** Which endpoint of a redundant server is tried, and how long to wait before the next. */
export interface EndpointRotation {
  readonly current: string;
  /** The endpoint does not work, or no longer: goes to the next one and gives the time to wait before it is tried. */
  failed(): number;
  /** It works, so a later failure starts anew; the endpoint is kept also when an earlier one is back. */
  worked(): void;
}

/** All are tried in their order before the wait gets longer. */
export function endpointRotation(
  endpoints: readonly string[],
  backOff: BackOffPolicy,
  random: () => number,
): EndpointRotation {
  let at = 0;
  let failures = 0;
  return {
    get current() {
      return endpoints[at] ?? '';
    },
    failed() {
      at = (at + 1) % endpoints.length;
      const round = Math.floor(failures / endpoints.length);
      failures += 1;
      return nextDelayMs(backOff, round, random);
    },
    worked() {
      failures = 0;
    },
  };
}
