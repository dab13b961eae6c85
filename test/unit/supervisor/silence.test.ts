import { deepEqual, equal } from 'node:assert/strict';
import { SignsOfLife } from '../../../packages/runtime/src/supervisor/compartments/signs-of-life.ts';
import { createSilenceWatch } from '../../../packages/runtime/src/supervisor/silence-watch.ts';

describe('a compartment without a sign of life', () => {
  it('is silent three seconds after it was heard, and not before it was heard or after it has ended', () => {
    let now = 0;
    const life = new SignsOfLife(() => now);
    const silent = (at: number): boolean => {
      now = at;
      return life.isSilent;
    };
    equal(silent(10_000), false);
    life.heard();
    deepEqual([silent(13_000), silent(13_001), life.silentMs], [false, true, 3_001]);
    life.heard();
    equal(silent(16_001), false);
    life.gone();
    deepEqual([silent(60_000), life.silentMs], [false, 0]);
  });

  it('is told once when it begins and once when it ends; not by one who did not listen itself', () => {
    let now = 0;
    let isSilent = false;
    let told = 0;
    const watch = createSilenceWatch(
      () => [{ id: 'a', isSilent }],
      () => {
        told += 1;
      },
      () => now,
    );
    const tick = (at: number, silent: boolean): number => {
      now = at;
      isSilent = silent;
      watch.tick();
      return told;
    };
    deepEqual([tick(1_000, false), tick(2_000, true), tick(3_000, true), tick(4_000, false)], [0, 1, 1, 2]);
    // What came meanwhile is still in the sockets.
    deepEqual([tick(9_000, true), tick(10_000, false), tick(11_000, true)], [2, 2, 3]);
  });
});
