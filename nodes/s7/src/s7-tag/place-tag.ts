import { type Address, type Area, parseAddress, type Width } from '../protocol/address.ts';
import { type DataType, parseDataType } from '../protocol/data-type.ts';
import { isCounted, type ReadItem, unitBytes } from '../protocol/items.ts';
import { type Leaf, layOut } from '../protocol/layout.ts';
import { type Scalar, scalarText, sizeOf } from '../protocol/s7-type.ts';
import type { PlcSymbol } from '../protocol/symbol-lines.ts';
import type { Templates } from '../protocol/template.ts';

/** One value in the PLC's memory. */
export interface Spot {
  /** Within a struct or an array; empty for a tag that is one value. */
  path: readonly string[];
  span: ReadItem;
  bit: number;
  scalar: Scalar;
  /** As shown to people and sent along with each sample, e.g. `DB1,REAL4`. */
  address: string;
}

export type Placed = { ok: true; spots: Spot[]; type: DataType } | { ok: false; reason: string };

export interface Names {
  symbols: ReadonlyMap<string, PlcSymbol>;
  templates: Templates;
}

const WIDTH_TYPES: Record<Width, 'BOOL' | 'BYTE' | 'WORD' | 'DWORD'> = { X: 'BOOL', B: 'BYTE', W: 'WORD', D: 'DWORD' };
const WIDTH_BYTES: Record<Width, number> = { X: 0, B: 1, W: 2, D: 4 };
const LAST_BYTE = 65_535;

/** Everything an address and the cell beside it say about where a tag is and what it holds. */
export function placeTag(addressText: string, typeText: string, names: Names): Placed {
  const parsed = parseAddress(addressText);
  if (!parsed.ok) return parsed;
  if (parsed.kind === 'absolute') return place(parsed.address, addressText, typeText, names);
  const symbol = names.symbols.get(parsed.name);
  if (symbol === undefined) {
    return {
      ok: false,
      reason: `the connection knows no symbol "${parsed.name}", import it there or write its address`,
    };
  }
  const behind = parseAddress(symbol.address);
  if (!behind.ok) return { ok: false, reason: `symbol "${parsed.name}": ${behind.reason}` };
  if (behind.kind === 'symbol') return { ok: false, reason: `symbol "${parsed.name}" stands for another symbol` };
  return place(behind.address, addressText, typeText === '' ? symbol.type : typeText, names);
}

function place(address: Address, text: string, typeText: string, names: Names): Placed {
  const type = typeOf(address, typeText);
  if (typeof type === 'string') return { ok: false, reason: type };
  const { area, db, byte, bit } = address.place;
  const laidOut = layOut(type, { byte, bit }, names.templates);
  if (!laidOut.ok) return laidOut;
  const unit = unitBytes(area);
  if (byte + laidOut.size / unit - 1 > LAST_BYTE) return { ok: false, reason: `it ends beyond byte ${LAST_BYTE}` };
  const problem = misfit(address, laidOut.leaves);
  if (problem !== undefined) return { ok: false, reason: problem };
  const spots = laidOut.leaves.map((leaf) => {
    const start = isCounted(area) ? byte + (leaf.byte - byte) / unit : leaf.byte;
    const span = { area, db, start, count: sizeOf(leaf.scalar) / unit };
    const own = leaf.path.length === 0 ? text.trim() : leafText(area, db, start, leaf);
    return { path: leaf.path, span, bit: leaf.bit, scalar: leaf.scalar, address: own };
  });
  return { ok: true, spots, type };
}

function typeOf(address: Address, typeText: string): DataType | string {
  if (typeText !== '') {
    const parsed = parseDataType(typeText);
    if (!parsed.ok) return parsed.reason;
    if (address.type !== undefined && JSON.stringify(address.type) !== JSON.stringify(parsed.type)) {
      return `its address already says another type than ${typeText}`;
    }
    return parsed.type;
  }
  if (address.type !== undefined) return address.type;
  return { kind: 'scalar', scalar: { type: WIDTH_TYPES[address.width ?? 'B'] } };
}

function misfit({ place: { area, bit }, width }: Address, leaves: readonly Leaf[]): string | undefined {
  const [first] = leaves;
  if (first === undefined) return 'it holds no value';
  if (isCounted(area)) {
    const only = area === 'T' ? 'TIMER' : 'COUNTER';
    return leaves.every(({ scalar }) => scalar.type === only) ? undefined : `there is only ${only} in ${area}`;
  }
  if (bit > 0 && first.scalar.type !== 'BOOL') return `a ${first.scalar.type} does not begin at a bit`;
  const isSingle = first.path.length === 0;
  const size = sizeOf(first.scalar);
  if (width === undefined || width === 'X' || !isSingle || size > 4) return undefined;
  if (first.scalar.type === 'BOOL') return 'a BOOL needs the number of its bit, such as DBX0.0';
  return size === WIDTH_BYTES[width]
    ? undefined
    : `a ${first.scalar.type} has ${size} bytes, not ${WIDTH_BYTES[width]}`;
}

function leafText(area: Area, db: number, start: number, { bit, scalar }: Leaf): string {
  if (isCounted(area)) return `${area}${start}`;
  const name = scalar.type === 'BOOL' ? 'X' : 'length' in scalar ? scalar.type : scalarText(scalar);
  const tail = scalar.type === 'BOOL' ? `.${bit}` : 'length' in scalar ? `.${scalar.length}` : '';
  return area === 'DB' ? `DB${db},${name}${start}${tail}` : `${area}${name}${start}${tail}`;
}
