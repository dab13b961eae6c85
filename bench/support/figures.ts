/** How benches print: one JSON line per figure. */
export function printFigure(figure: Readonly<Record<string, string | number | boolean | null>>): void {
  process.stdout.write(`${JSON.stringify(figure)}\n`);
}

/** The smallest value that at least `fraction` of the values do not exceed; NaN without values. */
export function quantile(values: readonly number[], fraction: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(fraction * sorted.length) - 1)] ?? Number.NaN;
}

export const round = (value: number, digits = 2): number => Number(value.toFixed(digits));

/** Median, and the interval that holds the true one with 95 %: order statistics, so whatever the distribution is. */
export function medianInterval(values: readonly number[]): { median: number; low: number; high: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const reach = Math.floor(n / 2 - 0.98 * Math.sqrt(n));
  return {
    median: (quantile(sorted, 0.5) + (sorted[Math.floor(n / 2)] ?? Number.NaN)) / 2,
    low: sorted[Math.max(0, reach - 1)] ?? Number.NaN,
    high: sorted[Math.min(n - 1, n - Math.max(1, reach))] ?? Number.NaN,
  };
}
