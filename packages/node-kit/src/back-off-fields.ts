import type { BackOffPolicy } from '@bulkhead/core';
import type { ConfigReader } from './config-reader.ts';

/** Many clients of one device that came back would all be there at once, so a part of each wait is left to chance. */
const jitter = 0.3;

/** How a connection is tried again, from its fields `reconnectFirstMs` and `reconnectMaxMs`: later and later. */
export function readBackOff(
  reader: ConfigReader,
  defaults: { reconnectFirstMs: string; reconnectMaxMs: string },
  limits: { min: number; max: number; whole?: boolean },
): BackOffPolicy {
  return {
    firstMs: reader.number('reconnectFirstMs', Number(defaults.reconnectFirstMs), limits),
    factor: 2,
    maxMs: reader.number('reconnectMaxMs', Number(defaults.reconnectMaxMs), limits),
    jitter,
  };
}
