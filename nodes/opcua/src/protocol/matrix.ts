import type { PlainValue } from './plain-value.ts';

/** Rows of rows from the flat values of a matrix; nothing when the dimensions do not fit them. */
export function shapeMatrix(values: readonly PlainValue[], dimensions: readonly number[]): PlainValue[] | undefined {
  if (dimensions.length === 0 || dimensions.some((size) => !Number.isInteger(size) || size < 0)) return undefined;
  const total = dimensions.reduce((product, size) => product * size, 1);
  if (total !== values.length) return undefined;
  let shaped: PlainValue[] = [...values];
  for (const size of dimensions.slice(1).toReversed()) {
    // Without an element there are as many rows as the first dimension says, all empty; nobody misses them.
    if (size === 0) return [];
    const rows: PlainValue[] = [];
    for (let from = 0; from < shaped.length; from += size) rows.push(shaped.slice(from, from + size));
    shaped = rows;
  }
  return shaped;
}

/** The flat values of an array of arrays with its dimensions; nothing when its rows differ in length. */
export function flattenMatrix(
  value: unknown,
  dimensions: number,
): { values: unknown[]; dimensions: number[] } | undefined {
  const sizes: number[] = [];
  let level: unknown[] = [value];
  for (let depth = 0; depth < dimensions; depth += 1) {
    const rows: unknown[][] = [];
    for (const row of level) {
      if (!Array.isArray(row)) return undefined;
      rows.push(row);
    }
    const size = rows[0]?.length ?? 0;
    if (rows.some((row) => row.length !== size)) return undefined;
    sizes.push(size);
    level = rows.flat();
  }
  return { values: level, dimensions: sizes };
}
