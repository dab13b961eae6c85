import type { Area } from './register-type.ts';

/**
 * How a person writes an address:
 * - `zero`: as on the wire, counted from 0;
 * - `one`: counted from 1, as most manuals do;
 * - `modicon`: 5 or 6 digits of which the first names the table: 0 coil, 1 discrete, 3 input, 4 holding; from 1.
 */
export const NOTATIONS = ['zero', 'one', 'modicon'] as const;
export type Notation = (typeof NOTATIONS)[number];

export interface ParsedAddress {
  area: Area;
  /** As on the wire, from 0. */
  address: number;
  /** Bit of the register, 0 is the lowest. */
  bit?: number;
  /** Byte of the register. */
  half?: 'high' | 'low';
}

export type AddressResult = { ok: true; value: ParsedAddress } | { ok: false; problem: string };

const SYNTAX = /^(\d{1,6})(?:\.(\d{1,2}|[hl]))?$/i;
const MODICON_AREAS: Readonly<Record<string, Area>> = { '0': 'coil', '1': 'discrete', '3': 'input', '4': 'holding' };
const HIGHEST = 65_535;

/** Reads `40`, `40.3` (a bit), `40.h` or `40.l` (a byte). In Modicon notation the number names the area itself. */
export function parseAddress(text: string, notation: Notation, area: Area): AddressResult {
  const match = SYNTAX.exec(text.trim());
  const digits = match?.[1];
  if (digits === undefined)
    return refused(`address "${text}" is not a number, with .0 to .15, .h or .l behind it if need be`);
  const place = notation === 'modicon' ? modicon(digits) : { ok: true as const, area, number: Number(digits) };
  if (!place.ok) return place;
  const address = notation === 'zero' ? place.number : place.number - 1;
  if (address < 0) return refused(`address "${text}" is below the first, which is 1 here`);
  if (address > HIGHEST) return refused(`address "${text}" is beyond the last, which is ${HIGHEST} on the wire`);
  const suffix = match?.[2]?.toLowerCase();
  if (suffix === undefined) return { ok: true, value: { area: place.area, address } };
  if (place.area === 'coil' || place.area === 'discrete') {
    return refused(`address "${text}" names a part of a ${place.area}, which is one bit`);
  }
  if (suffix === 'h' || suffix === 'l') {
    return { ok: true, value: { area: place.area, address, half: suffix === 'h' ? 'high' : 'low' } };
  }
  const bit = Number(suffix);
  if (bit > 15) return refused(`address "${text}" names bit ${bit}, a register has bits 0 to 15`);
  return { ok: true, value: { area: place.area, address, bit } };
}

/** The address, as on the wire, as a person writes it. */
export function formatAddress(address: number, notation: Notation, area: Area): string {
  if (notation === 'zero') return String(address);
  const number = address + 1;
  if (notation === 'one') return String(number);
  const digit = Object.entries(MODICON_AREAS).find(([, known]) => known === area)?.[0] ?? '4';
  return digit + String(number).padStart(number > 9_999 ? 5 : 4, '0');
}

function modicon(digits: string): { ok: true; area: Area; number: number } | { ok: false; problem: string } {
  const area = MODICON_AREAS[digits[0] ?? ''];
  if (digits.length < 5 || area === undefined) {
    return refused(`address "${digits}" is no 5 or 6 digits that begin with 0, 1, 3 or 4, such as 40001`);
  }
  return { ok: true, area, number: Number(digits.slice(1)) };
}

function refused(problem: string): { ok: false; problem: string } {
  return { ok: false, problem };
}
