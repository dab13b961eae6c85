const INTEGER = /^-?\d+$/;
/** The digits of 2^64 are 20, and a sign. */
const LONGEST = 21;
const LEAST_INT64 = -(2n ** 63n);
const GREATEST_INT64 = 2n ** 63n - 1n;
const GREATEST_UINT64 = 2n ** 64n - 1n;

/**
 * The exact 64-bit integer that a JSON number spells, signed or unsigned, when a double cannot be trusted to hold it.
 * Undefined for one that a double holds (|n| < 2^53), for one beyond 64 bits, and for anything not written as a plain
 * integer: 1e17 is a double.
 */
export function exactInteger(source: string): bigint | undefined {
  if (source.length > LONGEST || !INTEGER.test(source)) return undefined;
  if (Number.isSafeInteger(Number(source))) return undefined;
  const exact = BigInt(source);
  return isInteger64(exact) ? exact : undefined;
}

export function isInteger64(value: bigint): boolean {
  return value >= LEAST_INT64 && value <= GREATEST_UINT64;
}

/** Whether a number read from JSON is whole and fits a signed 64-bit integer. */
export function isWholeInt64(value: number, source: () => string): boolean {
  if (!Number.isInteger(value)) return false;
  if (Number.isSafeInteger(value)) return true;
  const text = source();
  // 9.3e18 rounds like 2^63 does: only the digits tell whether it fits.
  const exact = INTEGER.test(text) && text.length <= LONGEST ? BigInt(text) : BigInt(value);
  return exact >= LEAST_INT64 && exact <= GREATEST_INT64;
}

/**
 * A JSON number that reads back as the same double. Whole doubles beyond 2^53 are written with an exponent, so that a
 * reader of exact integers does not take them for one.
 */
export function numberText(value: number): string {
  if (Object.is(value, -0)) return '-0';
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return value.toExponential();
  return String(value);
}
