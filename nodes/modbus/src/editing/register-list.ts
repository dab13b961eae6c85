import type { Browsable } from '@bulkhead/node-kit/editor';
import { formatAddress, type Notation, parseAddress } from '../protocol/address.ts';
import { type Area, AREAS, BYTE_ORDERS, isBitArea, REGISTER_TYPES, sizeOf } from '../protocol/register-type.ts';

/** As what registers are shown; they do not say themselves what they hold, nor in which order. */
export const browsedTypes = [
  'uint16',
  'int16',
  'uint32 ABCD',
  'uint32 CDAB',
  'int32 ABCD',
  'int32 CDAB',
  'float32 ABCD',
  'float32 CDAB',
  'float32 BADC',
  'float32 DCBA',
  'int64 ABCD',
  'int64 CDAB',
  'uint64 ABCD',
  'uint64 CDAB',
  'float64 ABCD',
  'float64 CDAB',
  'bcd16',
  'bcd32 ABCD',
  'bool',
] as const;

export interface Register extends Browsable {
  /** A row of the tag table, but for its topic. */
  row: { area: Area; address: string; type: string; order: string };
}

const last = 65_535;

/** Places from an address on (as a person writes it) where a value of the type can begin, one after the other. */
export function registersFrom(
  area: Area,
  typeText: string,
  from: string,
  notation: Notation,
  most: number,
): Register[] {
  const [typeName, orderName] = typeText.split(' ');
  const type = isBitArea(area) ? 'bool' : (REGISTER_TYPES.find((known) => known === typeName) ?? 'uint16');
  const order = BYTE_ORDERS.find((known) => known === orderName) ?? 'ABCD';
  const parsed = parseAddress(from, notation, area);
  const size = sizeOf(type);
  const registers: Register[] = [];
  for (let at = parsed.ok ? parsed.value.address : 0; at + size - 1 <= last && registers.length < most; at += size) {
    const address = formatAddress(at, notation, area);
    registers.push({ title: address, detail: area, type: typeText, row: { area, address, type, order } });
  }
  return registers;
}

export const browsedAreas: readonly Area[] = ['holding', ...AREAS.filter((area) => area !== 'holding')];
