/** Packed binary coded decimals: a decimal digit in every four bits. */

/** Undefined when one of the digits is none. */
export function bcdOf(bits: number, digits: number): number | undefined {
  let value = 0;
  for (let at = digits - 1; at >= 0; at -= 1) {
    const digit = Math.floor(bits / 16 ** at) % 16;
    if (digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

/** Undefined for what is not a whole number from 0 that has at most so many digits. */
export function bcdBits(value: number, digits: number): number | undefined {
  if (!Number.isInteger(value) || value < 0 || value >= 10 ** digits) return undefined;
  return Number.parseInt(String(value), 16);
}
