export const ILLEGAL_FUNCTION = 1;
export const ILLEGAL_ADDRESS = 2;
export const ILLEGAL_VALUE = 3;
export const SERVER_FAILURE = 4;
/** Of a gateway: the unit is not one of its own. */
export const NO_SUCH_UNIT = 11;

const NAMES: Readonly<Record<number, string>> = {
  [ILLEGAL_FUNCTION]: 'illegal function',
  [ILLEGAL_ADDRESS]: 'illegal data address',
  [ILLEGAL_VALUE]: 'illegal data value',
  [SERVER_FAILURE]: 'server device failure',
  5: 'acknowledge',
  6: 'server device busy',
  8: 'memory parity error',
  10: 'gateway path unavailable',
  [NO_SUCH_UNIT]: 'gateway target device failed to respond',
};

/** Name of an exception code (Modbus application protocol 1.1b3, clause 7). */
export function exceptionName(code: number): string {
  return NAMES[code] ?? `exception ${code}`;
}
