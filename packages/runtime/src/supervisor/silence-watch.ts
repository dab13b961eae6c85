import type { Compartment } from './compartments/compartment.ts';

const everyMs = 1_000;
/** Later than this, and it is this process that did not listen. */
const mostLateMs = 500;

/** Calls `changed` when a compartment that runs gives no sign of life any more, and when it does again. */
export function createSilenceWatch(
  compartments: () => Iterable<Pick<Compartment, 'id' | 'isSilent'>>,
  changed: () => void,
  now: () => number = () => performance.now(),
): { readonly everyMs: number; tick(): void } {
  let silent = '[]';
  let before = now();
  return {
    everyMs,
    tick() {
      const at = now();
      const isLate = at - before > everyMs + mostLateMs;
      before = at;
      if (isLate) return;
      const ids = JSON.stringify([...compartments()].filter(({ isSilent }) => isSilent).map(({ id }) => id));
      if (ids === silent) return;
      silent = ids;
      changed();
    },
  };
}
