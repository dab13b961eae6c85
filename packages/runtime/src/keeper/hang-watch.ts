/**
 * Tells when a child has been silent for too long.
 *
 * One that wants to run and gets less than half of a processor does not hang: others have it. It is given up to three
 * times its limit. On an idle machine an endless loop has a processor to itself, and what waits wants none.
 */
import type { CpuTime } from './cpu-time.ts';

export interface SilenceWatch {
  heard(): void;
  setLimit(limitMs: number): void;
  stop(): void;
}

/** Often enough to notice that the keeper itself was held up. */
const mostMs = 500;
const patience = 3;
/** How often one that is starved is looked at. */
const starvedMs = 100;

/** Null as limit: not watched, until a limit is set. Calls `onSilence` once. */
export function watchForSilence(
  initialLimitMs: number | null,
  onSilence: (silentMs: number) => void,
  cpuTime: () => CpuTime | null = () => null,
): SilenceWatch {
  let limitMs = initialLimitMs;
  let heardAt = performance.now();
  let nextCheckAt = heardAt;
  let timer: NodeJS.Timeout | null = null;
  /** Of the first look in this silence: a child that is heard is never looked at. */
  let first: { readonly at: number; readonly usedMs: number } | null = null;
  let usedBefore = 0;

  const isStarved = (now: number): boolean => {
    const cpu = cpuTime();
    if (cpu === null) return false;
    first ??= { at: now, usedMs: cpu.usedMs };
    // It may just wait for a thread of its own that is starved: then it has used some since the last look.
    const isAtIt = cpu.runnable || cpu.usedMs > usedBefore;
    usedBefore = cpu.usedMs;
    return isAtIt && now > first.at && cpu.usedMs - first.usedMs < (now - first.at) / 2;
  };

  const check = (): void => {
    const now = performance.now();
    // The machine slept or the keeper itself was held up: the child had no chance to be heard meanwhile.
    if (now > nextCheckAt + 1_000) heard(now);
    const silentMs = now - heardAt;
    const starved = silentMs > mostMs - starvedMs && isStarved(now);
    if (limitMs !== null && silentMs > limitMs && (!starved || silentMs > limitMs * patience)) {
      stop();
      onSilence(silentMs);
    } else {
      start();
    }
  };
  const heard = (now: number): void => {
    heardAt = now;
    first = null;
  };
  const stop = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
  };
  const start = (): void => {
    stop();
    if (limitMs === null) return;
    // To the millisecond at the limit: what is silent for longer waits for nothing else.
    const leftMs = heardAt + limitMs - performance.now();
    const waitMs = leftMs < 0 ? starvedMs : Math.min(mostMs, leftMs + 1);
    nextCheckAt = performance.now() + waitMs;
    timer = setTimeout(check, waitMs);
  };
  start();

  return {
    heard: () => heard(performance.now()),
    setLimit(next) {
      if (limitMs === null) heard(performance.now());
      limitMs = next;
      start();
    },
    stop,
  };
}
