import type { DataType } from './data-type.ts';
import { type Scalar, sizeOf } from './s7-type.ts';
import type { Templates } from './template.ts';

/** One value within a struct or an array; `path` is empty for a tag that is a single value. */
export interface Leaf {
  path: readonly string[];
  byte: number;
  bit: number;
  scalar: Scalar;
}

export type LaidOut = { ok: true; leaves: Leaf[]; size: number } | { ok: false; reason: string };

/** More than this in one tag is a slip of the pen, and would fill the memory before anybody sees it. */
const mostLeaves = 20_000;
const deepest = 16;

class LayoutProblem extends Error {}

/** Where the next value goes, in the memory of a data block with standard access. */
interface Cursor {
  byte: number;
  bit: number;
}

/** Ends a run of bits: what is no bit begins at a byte. */
function toByte(cursor: Cursor): void {
  if (cursor.bit > 0) cursor.byte += 1;
  cursor.bit = 0;
}

/**
 * The values of a tag and where each lies, laid out as STEP 7 and TIA Portal do for blocks without optimised access: bits
 * are packed, other single bytes follow each other, the rest is even; arrays and structs begin and end even.
 */
export function layOut(type: DataType, start: { byte: number; bit: number }, templates: Templates): LaidOut {
  const leaves: Leaf[] = [];
  const cursor: Cursor = { ...start };
  /** Whatever is longer than a byte begins at an even one, counted from where the tag begins; so do arrays and structs. */
  const toEven = (): void => {
    toByte(cursor);
    cursor.byte += (cursor.byte - start.byte) % 2;
  };

  const put = (type: DataType, path: readonly string[], depth: number): void => {
    if (depth > deepest) throw new LayoutProblem(`structs lie more than ${deepest} deep, or within themselves`);
    switch (type.kind) {
      case 'scalar': {
        if (leaves.length >= mostLeaves) throw new LayoutProblem(`it holds more than ${mostLeaves} values`);
        if (type.scalar.type === 'BOOL') {
          leaves.push({ path, byte: cursor.byte, bit: cursor.bit, scalar: type.scalar });
          cursor.bit = (cursor.bit + 1) % 8;
          if (cursor.bit === 0) cursor.byte += 1;
          return;
        }
        const size = sizeOf(type.scalar);
        // A tag that is one value lies where its address says; only what surrounds it is padded.
        if (path.length > 0 && size > 1) toEven();
        else toByte(cursor);
        leaves.push({ path, byte: cursor.byte, bit: 0, scalar: type.scalar });
        cursor.byte += size;
        return;
      }
      case 'array':
        if (path.length > 0) toEven();
        for (let at = type.low; at <= type.high; at += 1) put(type.of, [...path, String(at)], depth + 1);
        toEven();
        return;
      case 'struct': {
        const members = templates.get(type.name);
        if (members === undefined) throw new LayoutProblem(`there is no type and no template "${type.name}"`);
        if (path.length > 0) toEven();
        for (const member of members) put(member.type, [...path, member.name], depth + 1);
        toEven();
      }
    }
  };

  try {
    put(type, [], 0);
  } catch (problem) {
    if (problem instanceof LayoutProblem) return { ok: false, reason: problem.message };
    throw problem;
  }
  toByte(cursor);
  return { ok: true, leaves, size: cursor.byte - start.byte };
}
