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
