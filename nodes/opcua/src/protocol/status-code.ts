import type { Quality } from '@bulkhead/core';

/** Bits 30 and 31 (OPC 10000-4, clause 7.39): 00 good, 01 uncertain, 1x bad. */
const SEVERITY_SHIFT = 30;
/** Bits 10 and 11 are 01 when the low bits speak of a data value; bit 7 is then the overflow of its queue. */
const INFO_TYPE_MASK = 0xc00;
const INFO_TYPE_DATA_VALUE = 0x400;
const OVERFLOW_BIT = 0x80;

/** Trust in a value from the severity of its status code. */
export function qualityOf(code: number): Exclude<Quality, 'stale'> {
  switch (code >>> SEVERITY_SHIFT) {
    case 0:
      return 'good';
    case 1:
      return 'uncertain';
    default:
      return 'bad';
  }
}

/** True when the server says that it had to throw away values of this item before this one. */
export function hasOverflow(code: number): boolean {
  return (code & INFO_TYPE_MASK) === INFO_TYPE_DATA_VALUE && (code & OVERFLOW_BIT) !== 0;
}
