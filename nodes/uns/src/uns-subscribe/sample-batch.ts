import type { Clock, Sample, Timer } from '@bulkhead/core';

/** Gathers samples until there are `samples` of them or the first has waited for `withinMs`; keeps their order. */
export interface SampleBatch {
  add(sample: Sample): void;
  /** Emits what is gathered, if anything, at once. */
  flush(): void;
}

export function createSampleBatch(
  limits: { withinMs: number; samples: number },
  emit: (samples: readonly Sample[]) => void,
  clock: Clock,
): SampleBatch {
  let gathered: Sample[] = [];
  let timer: Timer | undefined;
  const flush = (): void => {
    clock.clearTimeout(timer);
    timer = undefined;
    if (gathered.length === 0) return;
    const samples = gathered;
    gathered = [];
    emit(samples);
  };
  return {
    add(sample) {
      gathered.push(sample);
      if (gathered.length >= limits.samples) flush();
      else timer ??= clock.setTimeout(flush, limits.withinMs);
    },
    flush,
  };
}
