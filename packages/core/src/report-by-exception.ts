import type { SampleBody, SampleValue } from './sample.ts';

export interface ReportByExceptionOptions {
  method: 'deadband';
  /** A number is kept when it differs from the last kept one by at least this; absent or 0: any difference. */
  threshold?: number;
  /** Kept anyway when this much source time has passed since the last kept sample. */
  maxIntervalMs?: number;
}

export interface ReportByException {
  keep(sample: Pick<SampleBody, 'value' | 'quality' | 'sourceTime'>): boolean;
}

/**
 * A filter for one tag. Numbers are compared with the last KEPT value, not the last seen one, so that a slow drift is
 * not lost. Booleans, strings and null are kept on change, waveforms always, and so is any change of quality or type.
 */
export function createReportByException(options: ReportByExceptionOptions): ReportByException {
  const { threshold = 0, maxIntervalMs = Number.POSITIVE_INFINITY } = options;
  let kept: Pick<SampleBody, 'value' | 'quality' | 'sourceTime'> | undefined;

  return {
    keep(sample) {
      const isKept =
        kept === undefined ||
        sample.quality !== kept.quality ||
        sample.sourceTime - kept.sourceTime >= maxIntervalMs ||
        differs(kept.value, sample.value, threshold);
      if (isKept) kept = { value: sample.value, quality: sample.quality, sourceTime: sample.sourceTime };
      return isKept;
    },
  };
}

function differs(kept: SampleValue, value: SampleValue, threshold: number): boolean {
  if (typeof kept === 'number' && typeof value === 'number') {
    return kept !== value && !(Math.abs(value - kept) < threshold);
  }
  if (typeof kept === 'bigint' && typeof value === 'bigint') {
    return kept !== value && !(Math.abs(Number(value - kept)) < threshold);
  }
  return Array.isArray(value) || kept !== value;
}
