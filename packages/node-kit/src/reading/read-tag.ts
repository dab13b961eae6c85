import type { ReportByExceptionOptions, Sample } from '@bulkhead/core';

/** What of a tag is sent; absent: every value. */
export type TagFilter = ReportByExceptionOptions;

/** A tag as far as reading is the same for every protocol. */
export interface ReadTag {
  topic: string;
  /** As shown to people and sent along with each sample. */
  address: string;
  unit?: string;
  /** Absent: the node's own. */
  pollMs?: number;
  filter?: TagFilter;
  /** Many values in a row as one sample, with this step. */
  waveform?: { stepUs: number };
}

/**
 * What reading a tag came to, as far as it is told: `reason` is there when it failed. `lost`: the connection was lost
 * meanwhile, and its loss says all there is to say.
 */
export interface ReadOutcome {
  readonly kind: string;
  readonly reason?: string;
}

/** What one cycle came to. */
export interface Cycle {
  /** At most one per tag; none for a tag that is `lost`. */
  samples: Sample[];
  /** One per tag, in their order. */
  outcomes: readonly ReadOutcome[];
}

/** Reads the same tags again and again; what a palette gives. */
export interface TagReader {
  /** Never rejects. */
  read(): Promise<Cycle>;
}

/** What a palette's reader may tell besides. */
export interface TagReaderHooks {
  /** The time of samples that were read now; never the same twice. */
  sampleTime(): number;
  /** Something was refused and is read again in smaller parts. */
  onRetry(): void;
  /** Takes samples of an answer that came when nobody waited for it any more. */
  onLate(samples: Sample[]): void;
}
