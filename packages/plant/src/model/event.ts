export type MachineName = 'filler' | 'capper' | 'labeller';
export type Quality = 'good' | 'uncertain' | 'bad';

/** What happens in the line; `at` is in whole simulated milliseconds from the start of the line. */
export type LineEvent =
  | { kind: 'state'; at: number; machine: MachineName; state: number }
  /** True counts: they never wrap. */
  | { kind: 'count'; at: number; machine: MachineName; total: number; rejects: number }
  /** A bad reading has no value. */
  | { kind: 'value'; at: number; tag: string; value: number | boolean | null; quality: Quality }
  /** A block of `stepUs`-spaced points that ends at `at`. */
  | { kind: 'waveform'; at: number; tag: string; values: Float64Array };

/** One independent thing that happens in the line; it tells when it is due and what then happens. */
export interface Process {
  /** Simulated milliseconds of the next event, Infinity for never. */
  readonly due: number;
  /** Makes the event that is due happen. */
  step(): LineEvent[];
}
