import type { BackOffPolicy } from '@bulkhead/core';

/**
 * After an outage those who listen come back before those who have something to say. A broker keeps nothing for a clean
 * session that is not there: what publishers have queued meanwhile would be acknowledged and heard by nobody.
 */
export const backOffOf: Readonly<Record<'publisher' | 'subscriber', BackOffPolicy>> = {
  subscriber: { firstMs: 250, factor: 2, maxMs: 1_500, jitter: 0.3 },
  publisher: { firstMs: 500, factor: 2, maxMs: 30_000, jitter: 0.3 },
};

/** Longer than a subscriber ever waits between two attempts, with some time to connect and subscribe. */
export const holdAfterOutageMs = 2_000;
