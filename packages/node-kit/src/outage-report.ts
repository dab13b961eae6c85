import type { LinkState } from './link-state.ts';

/** Turns link states into one report per outage, however often it is retried. */
export function createOutageReport(report: {
  lost(reason: Error): void;
  restored(): void;
}): (state: LinkState) => void {
  let isOut = false;
  return (state) => {
    if (state.kind === 'waiting' && !isOut) {
      isOut = true;
      report.lost(state.reason);
    } else if (state.kind === 'connected' && isOut) {
      isOut = false;
      report.restored();
    } else if (state.kind === 'idle') isOut = false;
  };
}
