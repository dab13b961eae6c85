/** The number that the lowest `digits` BCD digits of `bits` say, or -1 when one of them is above 9. */
export function fromBcd(bits: number, digits: number): number {
  let value = 0;
  for (let at = digits - 1; at >= 0; at -= 1) {
    const digit = (bits >>> (4 * at)) & 0xf;
    if (digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

/** The BCD digits of a whole number that is not negative. */
export function toBcd(value: number): number {
  let bits = 0;
  for (let rest = value, shift = 0; rest > 0; rest = Math.floor(rest / 10), shift += 4) bits |= (rest % 10) << shift;
  return bits >>> 0;
}
