/** Beyond this a step back is a corrected clock, not two answers in one instant. */
const largestNudgeMs = 1_000;

/**
 * Times for the samples of one reader: the wall clock, but never the same millisecond twice. Answers held up together
 * arrive together, and a history keyed by topic and time would keep only one of them.
 */
export function createSampleClock(now: () => number): () => number {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const present = now();
    last = present <= last && present > last - largestNudgeMs ? last + 1 : present;
    return last;
  };
}
