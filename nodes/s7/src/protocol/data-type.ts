import { type Scalar, scalarOf, typeNamed } from './s7-type.ts';

/** The type of a tag: one value, an array, or a struct that a template describes. */
export type DataType =
  | { kind: 'scalar'; scalar: Scalar }
  | { kind: 'array'; low: number; high: number; of: DataType }
  | { kind: 'struct'; name: string };

export type ParsedType = { ok: true; type: DataType } | { ok: false; reason: string };

const ARRAY = /^ARRAY\s*\[\s*(-?\d{1,6})\s*\.\.\s*(-?\d{1,6})\s*\]\s*OF\s+(.+)$/i;
const TEXT = /^(W?STRING)\s*[[(]\s*(\d{1,5})\s*[\])]$/i;
/** What a template may be called. */
const NAME = /^"?([A-Za-z_]\w{0,127})"?$/;
const deepest = 4;

function refused(reason: string): ParsedType {
  return { ok: false, reason };
}

/** Reads `REAL`, `STRING[20]`, `ARRAY[0..9] OF INT` or the name of a template. Never throws. */
export function parseDataType(text: string, depth = 0): ParsedType {
  const clean = text.trim();
  const array = ARRAY.exec(clean);
  if (array !== null) {
    const [low, high] = [Number(array[1]), Number(array[2])];
    if (high < low) return refused(`the array ends at ${high}, before it begins at ${low}`);
    if (depth >= deepest) return refused(`more than ${deepest} arrays within each other`);
    const of = parseDataType(array[3] ?? '', depth + 1);
    return of.ok ? { ok: true, type: { kind: 'array', low, high, of: of.type } } : of;
  }
  const sized = TEXT.exec(clean);
  const type = typeNamed(sized?.[1] ?? clean);
  if (type !== undefined) {
    const scalar = scalarOf(type, sized === null ? undefined : Number(sized[2]));
    if (scalar === undefined) return refused(`a ${type} of ${sized?.[2]} characters cannot be`);
    return { ok: true, type: { kind: 'scalar', scalar } };
  }
  const name = NAME.exec(clean)?.[1];
  return name === undefined ? refused(`"${clean}" is no type`) : { ok: true, type: { kind: 'struct', name } };
}
