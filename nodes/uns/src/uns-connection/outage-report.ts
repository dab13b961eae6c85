import type { BulkheadError } from '@bulkhead/core';
import type { LinkState } from '../broker-link.ts';

/**
 * Turns the states of all sessions of one connection into one report per outage and cause, however often and by however
 * many of them it is retried: who repaired the cable must still hear of the wrong password. The outage is over when every
 * session that was down is up (or closed) again.
 */
export function createOutageReport(report: { lost(problem: BulkheadError): void; restored(): void }): {
  /** Gives the state listener for one session. */
  watch(): (state: LinkState) => void;
} {
  const down = new Set<symbol>();
  const reported = new Set<string>();
  return {
    watch() {
      const session = Symbol('session');
      return (state) => {
        if (state.kind === 'connecting') return;
        if (state.kind === 'waiting') {
          down.add(session);
          if (!reported.has(state.problem.code)) report.lost(state.problem);
          reported.add(state.problem.code);
          return;
        }
        down.delete(session);
        if (down.size > 0 || reported.size === 0) return;
        reported.clear();
        if (state.kind === 'connected') report.restored();
      };
    },
  };
}
