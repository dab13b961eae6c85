const NAMES: Readonly<Record<number, string>> = {
  1: 'illegal function',
  2: 'illegal data address',
  3: 'illegal data value',
  4: 'server device failure',
  5: 'acknowledge',
  6: 'server device busy',
  8: 'memory parity error',
  10: 'gateway path unavailable',
  11: 'gateway target device failed to respond',
};

/** Name of an exception code (Modbus application protocol 1.1b3, clause 7). */
export function exceptionName(code: number): string {
  return NAMES[code] ?? `exception ${code}`;
}
