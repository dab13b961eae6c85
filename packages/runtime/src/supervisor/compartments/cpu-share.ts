/**
 * Whether a compartment stays within its CPU share, from one sample a second. Pure.
 *
 * A short burst is everybody's right: above the share for five seconds, on balance, it counts as limited, and as
 * long below it as free again. The kernel holds a group so exactly to its share that being at it is being above.
 */
import type { Enforcer } from '../../protocol/limits.ts';

export interface CpuShare {
  /** Seconds above the share less those below, 0 to `patience`. */
  readonly above: number;
  readonly limited: boolean;
}

export const freeShare: CpuShare = { above: 0, limited: false };

const patience = 5;
/** Samples of a process that spins scatter by about a percent. */
const scatter = 2;

export function afterCpuSample(
  { above, limited }: CpuShare,
  cpuPercent: number,
  limitPercent: number,
  by: Enforcer,
): CpuShare {
  const isAbove = by === 'watchdog' ? cpuPercent > limitPercent + scatter : cpuPercent >= limitPercent * 0.95;
  const next = Math.max(0, Math.min(patience, above + (isAbove ? 1 : -1)));
  return { above: next, limited: limited ? next > 0 : next === patience };
}

/** What a person reads when `limited` has changed. */
export function cpuSentence(name: string, limited: boolean, limitPercent: number, by: Enforcer): string {
  const share = `${limitPercent} % of one core`;
  if (!limited) return `compartment ${name} is within its CPU share of ${share} again`;
  return by === 'watchdog'
    ? `compartment ${name} used more than its CPU share of ${share} for ${patience} s: its priority is lowered`
    : `compartment ${name} has used up its CPU share of ${share} for ${patience} s: the kernel holds it there`;
}
