import type { DataType } from './data-type.ts';
import { parseSymbolicText } from './symbol-path.ts';
import { scalarOf, typeNamed } from './s7-type.ts';

/** The memories of a PLC; P is the periphery itself, past the process image. */
export type Area = 'DB' | 'I' | 'Q' | 'M' | 'P' | 'C' | 'T';

/** Where something begins. Of a counter or timer `byte` is its number. */
export interface Place {
  area: Area;
  /** 0 outside of data blocks. */
  db: number;
  byte: number;
  bit: number;
}

/** How much the address itself says to be there: a bit, byte, word, double word. */
export type Width = 'X' | 'B' | 'W' | 'D';

export interface Address {
  place: Place;
  /** As far as the address says it, in nodes7's form for example. */
  type?: DataType;
  width?: Width;
}

export type ParsedAddress =
  | { ok: true; kind: 'absolute'; address: Address }
  | { ok: true; kind: 'symbol'; name: string }
  | { ok: false; reason: string };

const LAST_BYTE = 65_535;
const LAST_ITEM = 2_000;

/** `DB1.DBX0.0`, `%DB1.DBD4` (TIA Portal). */
const TIA_DB = /^%?DB(\d{1,5})\.DB([XBWD])(\d{1,5})(?:\.(\d))?$/i;
/** `DB1,REAL4`, `DB10,X14.5`, `DB10,STRING10.20`, `DB10,INT2.5` (nodes7: the last number is a length). */
const NODES7_DB = /^DB(\d{1,5}),(S5TIME|[A-Z_]+?)(\d{1,5})(?:\.(\d{1,5}))?(?:\.(\d{1,5}))?$/i;
/** `%MW10`, `I0.0`, `E0.0`, `QB4`, `MR8`, `PIW256`, `%IW64:P`. */
const MEMORY = /^%?(P?)([IEQAM])([A-Z]*)(\d{1,5})(?:\.(\d{1,5}))?(:P)?$/i;
const COUNTED = /^%?([CZT])(\d{1,5})(?:\.(\d{1,5}))?$/i;
const AREAS: Readonly<Record<string, Area>> = { I: 'I', E: 'I', Q: 'Q', A: 'Q', M: 'M' };
const WIDTHS: Readonly<Record<string, Width>> = { X: 'X', B: 'B', W: 'W', D: 'D' };

const refuse = (reason: string): ParsedAddress => ({ ok: false, reason });

function arrayOf(type: DataType, count: number): DataType {
  return { kind: 'array', low: 0, high: count - 1, of: type };
}

/** Within a data block or memory, with the numbers of nodes7: `second` is a bit, a text length or a count. */
function nodes7(area: Area, db: number, letters: string, numbers: readonly (number | undefined)[]): ParsedAddress {
  const [byte = 0, second, third] = numbers;
  const name = typeNamed(letters);
  if (name === undefined) return refuse(`"${letters}" is no type`);
  const isBit = name === 'BOOL';
  const isText = name === 'STRING' || name === 'WSTRING';
  if (isBit && (second === undefined || second > 7)) return refuse('a bit needs its number, from 0 to 7');
  const scalar = scalarOf(name, isText ? second : undefined);
  if (scalar === undefined) return refuse(`a ${name} of ${second} characters cannot be`);
  const count = isBit || isText ? third : second;
  if (!isBit && !isText && third !== undefined) return refuse('there is a number too much');
  if (count === 0) return refuse('an array of 0 values holds nothing');
  const single: DataType = { kind: 'scalar', scalar };
  const type = count === undefined ? single : arrayOf(single, count);
  return placed({ area, db, byte, bit: isBit ? (second ?? 0) : 0 }, { type });
}

function placed(place: Place, rest: Omit<Address, 'place'>): ParsedAddress {
  const last = place.area === 'C' || place.area === 'T' ? LAST_ITEM : LAST_BYTE;
  if (place.byte > last) return refuse(`${place.byte} is beyond ${last}`);
  if (place.area === 'DB' && (place.db < 1 || place.db > 65_535)) return refuse('a data block is DB1 to DB65535');
  return { ok: true, kind: 'absolute', address: { place, ...rest } };
}

const number = (text: string | undefined): number | undefined => (text === undefined ? undefined : Number(text));

/** A width letter, and for a bit its number. */
function wide(place: Omit<Place, 'bit'>, letter: string, bit: string | undefined): ParsedAddress {
  const width = WIDTHS[letter];
  if (width === undefined) return refuse(`"${letter}" must be X, B, W or D`);
  if (width === 'X' && bit === undefined) return refuse('a bit needs its number, from 0 to 7');
  if (width !== 'X' && bit !== undefined) return refuse('only a bit has a number after the point');
  if (Number(bit ?? 0) > 7) return refuse('a bit is 0 to 7');
  return placed({ ...place, bit: Number(bit ?? 0) }, { width });
}

function memory(match: RegExpExecArray): ParsedAddress {
  const letter = (match[2] ?? '').toUpperCase();
  const isPeriphery = match[1] !== '' || match[6] !== undefined;
  if (isPeriphery && letter === 'M') return refuse('there is no periphery of M');
  const area = isPeriphery ? 'P' : AREAS[letter];
  if (area === undefined) return refuse(`"${letter}" is no memory`);
  const letters = (match[3] ?? '').toUpperCase();
  const byte = Number(match[4]);
  if (letters === '' || letters === 'X') {
    // nodes7's I0.0.8 would be an array of bits; nobody writes it, and the pattern leaves it out.
    return wide({ area, db: 0, byte }, 'X', match[5]);
  }
  if (Object.hasOwn(WIDTHS, letters) && match[5] === undefined) return wide({ area, db: 0, byte }, letters, undefined);
  return nodes7(area, 0, letters, [byte, number(match[5])]);
}

/**
 * Reads an address as nodes7, TIA Portal or STEP 7 write it, in English or German letters, or a symbol in quotes.
 * Never throws.
 */
export function parseAddress(text: string): ParsedAddress {
  const clean = text.trim();
  if (clean.startsWith('"')) {
    const name = parseSymbolicText(clean);
    return name === undefined ? refuse('the quotes of the symbol do not match') : { ok: true, kind: 'symbol', name };
  }
  const dense = clean.replaceAll(/\s+/g, '');
  const tia = TIA_DB.exec(dense);
  if (tia !== null) {
    return wide({ area: 'DB', db: Number(tia[1]), byte: Number(tia[3]) }, (tia[2] ?? '').toUpperCase(), tia[4]);
  }
  const block = NODES7_DB.exec(dense);
  if (block !== null) {
    return nodes7('DB', Number(block[1]), block[2] ?? '', [number(block[3]), number(block[4]), number(block[5])]);
  }
  const counted = COUNTED.exec(dense);
  if (counted !== null) {
    const area = (counted[1] ?? '').toUpperCase() === 'T' ? 'T' : 'C';
    const single: DataType = { kind: 'scalar', scalar: { type: area === 'T' ? 'TIMER' : 'COUNTER' } };
    const count = number(counted[3]);
    if (count === 0) return refuse('an array of 0 values holds nothing');
    const type = count === undefined ? single : arrayOf(single, count);
    return placed({ area, db: 0, byte: Number(counted[2]), bit: 0 }, { type });
  }
  const match = MEMORY.exec(dense);
  if (match !== null) return memory(match);
  return refuse(`"${clean}" is no address: write DB1,REAL4 or DB1.DBD4 or %MW10 or I0.0 or T5, or "Symbol"`);
}
