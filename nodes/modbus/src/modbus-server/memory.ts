import type { SampleValue } from '@bulkhead/core';
import { decodeRegisters } from '../protocol/decode.ts';
import { type EncodeFailure, encodeRegisters } from '../protocol/encode.ts';
import { ILLEGAL_ADDRESS, SERVER_FAILURE } from '../protocol/exception.ts';
import { type Area, isBitArea } from '../protocol/register-type.ts';
import type { ServerTag } from './config.ts';

interface Cell {
  word: number;
  /** The bits whose value is known. */
  known: number;
  /** The bits that tags of the table have. */
  used: number;
  tags: ServerTag[];
}

const ALL = 0xffff;

export type Words = { ok: true; values: number[] } | { ok: false; exception: number };

export interface MemoryOptions {
  tags: readonly ServerTag[];
  /** What a client is given for a tag whose last sample was bad: its last good value, or an exception. */
  whenBad: 'exception' | 'last';
}

/** The registers and bits of a device: those of its tags and no others. */
export interface Memory {
  read(area: Area, address: number, count: number): Words;
  /** By a client; the tags that it touched, or the exception. Nothing is written in part. */
  write(
    area: 'coil' | 'holding',
    address: number,
    values: readonly number[],
  ): { ok: true; tags: ServerTag[] } | { ok: false; exception: number };
  /** By a message. */
  set(tag: ServerTag, value: Exclude<SampleValue, null>): EncodeFailure | undefined;
  /** The present value of a tag is not known. */
  spoil(tag: ServerTag): void;
  valueOf(tag: ServerTag): ReturnType<typeof decodeRegisters>;
}

export function createMemory({ tags, whenBad }: MemoryOptions): Memory {
  const areas: Record<Area, Map<number, Cell>> = {
    coil: new Map(),
    discrete: new Map(),
    input: new Map(),
    holding: new Map(),
  };
  for (const tag of tags) {
    for (let at = tag.span.address; at < tag.span.address + tag.span.count; at += 1) {
      const cell = areas[tag.span.area].get(at) ?? { word: 0, known: 0, used: 0, tags: [] };
      cell.tags.push(tag);
      cell.used |= bitsOf(tag);
      areas[tag.span.area].set(at, cell);
    }
  }

  const cellsOf = (area: Area, address: number, count: number): Cell[] | undefined => {
    const cells: Cell[] = [];
    for (let at = address; at < address + count; at += 1) {
      const cell = areas[area].get(at);
      if (cell === undefined) return undefined;
      cells.push(cell);
    }
    return cells;
  };
  const cellsOfTag = ({ span }: ServerTag): Cell[] => cellsOf(span.area, span.address, span.count) ?? [];
  const spoil = (tag: ServerTag): void => {
    if (whenBad === 'exception') for (const cell of cellsOfTag(tag)) cell.known &= ~bitsOf(tag);
  };

  return {
    read(area, address, count) {
      const cells = cellsOf(area, address, count);
      if (cells === undefined) return { ok: false, exception: ILLEGAL_ADDRESS };
      // Never a number in place of a value that nobody knows.
      if (!cells.every(({ known, used }) => (known & used) === used)) return { ok: false, exception: SERVER_FAILURE };
      return { ok: true, values: cells.map(({ word }) => word) };
    },
    write(area, address, values) {
      const cells = cellsOf(area, address, values.length);
      if (cells === undefined || !cells.every((cell) => cell.tags.every(({ isWritable }) => isWritable))) {
        return { ok: false, exception: ILLEGAL_ADDRESS };
      }
      for (const [at, cell] of cells.entries()) {
        cell.word = values[at] ?? 0;
        cell.known = ALL;
      }
      return { ok: true, tags: [...new Set(cells.flatMap((cell) => cell.tags))] };
    },
    set(tag, value) {
      const encoded = encodeRegisters(value, isBitArea(tag.span.area) ? { ...tag, order: 'ABCD' } : tag);
      if (!encoded.ok) {
        spoil(tag);
        return encoded;
      }
      const { words, mask = ALL } = encoded;
      for (const [at, cell] of cellsOfTag(tag).entries()) {
        cell.word = (cell.word & ~mask) | ((words[at] ?? 0) & mask);
        cell.known |= mask;
      }
      return undefined;
    },
    spoil,
    valueOf: (tag) =>
      decodeRegisters(
        cellsOfTag(tag).map(({ word }) => word),
        tag,
      ),
  };
}

/** The bits of each of its registers that are a tag's own. */
function bitsOf(tag: ServerTag): number {
  if (tag.type !== 'bool' && tag.type !== 'int8' && tag.type !== 'uint8') return ALL;
  const encoded = encodeRegisters(tag.type === 'bool' ? true : 0, tag);
  return (encoded.ok ? encoded.mask : undefined) ?? ALL;
}
