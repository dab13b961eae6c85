const unitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Milliseconds of a duration such as `250ms`, `10s`, `1m`, `1h`, `7d`, `2w`, or a number of them; undefined for anything else. */
export function durationMs(duration: unknown): number | undefined {
  if (typeof duration === 'number') return duration > 0 && Number.isFinite(duration) ? duration : undefined;
  if (typeof duration !== 'string') return undefined;
  const match = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)?$/.exec(duration.trim());
  if (match === null) return undefined;
  const ms = Number(match[1]) * (unitMs[match[2] ?? 'ms'] ?? 1);
  return ms > 0 ? ms : undefined;
}
