import { noise, type Random } from './random.ts';

/** A temperature that creeps towards `target()` with a little noise. Give it one call per reading. */
export function createTemperature(start: number, target: () => number, random: Random): () => number {
  let temperature = start;
  return () => {
    temperature += (target() - temperature) * 0.02 + noise(random) * 0.04;
    return temperature;
  };
}

export interface Tank {
  readonly inletOpen: boolean;
  /** One reading of the level in percent; the tank has emptied or filled a little since the last. */
  measureLevel(): number;
}

/** Drains while the filler runs, opens its inlet below 35 % and closes it above 92 %. */
export function createTank(draining: () => boolean, random: Random): Tank {
  let level = 71;
  let inletOpen = false;
  return {
    get inletOpen() {
      return inletOpen;
    },
    measureLevel() {
      if (draining()) level -= 0.14;
      if (inletOpen) level += 0.55;
      if (level < 35) inletOpen = true;
      if (level > 92) inletOpen = false;
      return Math.min(Math.max(level + noise(random) * 0.05, 0), 100);
    },
  };
}
