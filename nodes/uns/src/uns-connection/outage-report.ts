import type { BulkheadError } from '@bulkhead/core';
import type { LinkState } from '../broker-link.ts';

/**
 * Turns the states of all sessions of one connection into one report per outage, however often and by however many of
 * them it is retried. The outage is over when every session that was down is up (or closed) again.
 */
export function createOutageReport(report: { lost(problem: BulkheadError): void; restored(): void }): {
  /** Gives the state listener for one session. */
  watch(): (state: LinkState) => void;
} {
  const down = new Set<symbol>();
  let isReported = false;
  return {
    watch() {
      const session = Symbol('session');
      return (state) => {
        if (state.kind === 'connecting') return;
        if (state.kind === 'waiting') {
          down.add(session);
          if (!isReported) report.lost(state.problem);
          isReported = true;
          return;
        }
        down.delete(session);
        if (down.size > 0 || !isReported) return;
        isReported = false;
        if (state.kind === 'connected') report.restored();
      };
    },
  };
}
