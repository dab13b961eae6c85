import assert from 'node:assert/strict';
import {
  afterExit,
  cleanHistory,
  defaultRestartPolicy,
  type RestartHistory,
} from '../../../packages/runtime/src/supervisor/compartments/restart-policy.ts';

const policy = defaultRestartPolicy;

/** Decisions for a row of lives, in words. */
function decisions(livesMs: readonly number[], random = 0.999999): string[] {
  let history: RestartHistory = cleanHistory;
  return livesMs.map((livedMs) => {
    const next = afterExit(policy, history, livedMs, () => random);
    history = next.history;
    return next.decision.kind === 'quarantine' ? 'quarantine' : `restart in ${next.decision.delayMs}`;
  });
}

describe('the restart policy', () => {
  it('restarts at once the first time, then waits longer, then quarantines', () => {
    assert.deepEqual(decisions([0, 100, 100, 100, 100]), [
      'restart in 0',
      'restart in 250',
      'restart in 500',
      'restart in 1000',
      'quarantine',
    ]);
  });

  it('forgets short lives after one that was long enough', () => {
    assert.deepEqual(decisions([0, 0, 0, policy.shortLifeMs, 0, 0]), [
      'restart in 0',
      'restart in 250',
      'restart in 500',
      'restart in 0',
      'restart in 0',
      'restart in 250',
    ]);
  });

  it('spreads restarts by jitter over the upper half of the wait', () => {
    assert.deepEqual(decisions([0, 0], 0), ['restart in 0', 'restart in 125']);
  });
});
