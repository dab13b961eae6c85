import type { Request } from './request.ts';

/** A value as the device takes it: one coil, or registers; with a mask only these bits of one register. */
export type WriteItem = { unit: number; address: number } & (
  | { area: 'coil'; isOn: boolean }
  | { area: 'holding'; words: readonly number[]; mask?: number }
);

/** One request, and which of the planned items (by index) it writes. */
export interface WriteStep {
  unit: number;
  request: Request;
  members: readonly number[];
}

export interface WriteLimits {
  /** Registers per request; 123 is the most that fits (Modbus application protocol 1.1b3, clause 6.12). */
  maxRegisters: number;
  /** Functions 15 and 16 also for one coil or register. */
  isAlwaysMany: boolean;
  /** Function 23: registers are written and read in one request. */
  isReadAlong: boolean;
}

/** Coils per request (clause 6.11). */
const MAX_COILS = 1968;
/** Registers that function 23 writes (clause 6.17). */
const MAX_READ_ALONG = 121;

interface Run {
  item: WriteItem;
  members: number[];
  words: number[];
  coils: boolean[];
}

/**
 * Merges items that follow each other, in the order in which they are to be written and in the device's memory, into as
 * few requests as fit them. Nothing is written that was not asked for: there are no gaps to be filled.
 */
export function planWrites(items: readonly WriteItem[], limits: WriteLimits): WriteStep[] {
  const mostWords = Math.min(limits.maxRegisters, limits.isReadAlong ? MAX_READ_ALONG : limits.maxRegisters);
  const mostCoils = Math.min(MAX_COILS, limits.maxRegisters * 16);
  const runs: Run[] = [];
  for (const [index, item] of items.entries()) {
    const words = item.area === 'holding' ? item.words : [];
    const coils = item.area === 'coil' ? [item.isOn] : [];
    const run = runs.at(-1);
    if (
      run !== undefined &&
      run.item.unit === item.unit &&
      run.item.area === item.area &&
      !isMasked(run.item) &&
      !isMasked(item) &&
      item.address === run.item.address + run.words.length + run.coils.length &&
      run.words.length + words.length <= mostWords &&
      run.coils.length + coils.length <= mostCoils
    ) {
      run.members.push(index);
      run.words.push(...words);
      run.coils.push(...coils);
    } else runs.push({ item, members: [index], words: [...words], coils });
  }
  return runs.map((run) => ({ unit: run.item.unit, request: requestOf(run, limits), members: run.members }));
}

function requestOf({ item, words, coils }: Run, { isAlwaysMany, isReadAlong }: WriteLimits): Request {
  const { address } = item;
  if (item.area === 'coil') return { kind: 'write-coils', address, values: coils, many: isAlwaysMany };
  if (item.mask !== undefined) return { kind: 'mask-register', address, mask: item.mask, word: words[0] ?? 0 };
  if (isReadAlong) {
    return { kind: 'write-and-read', address, words, readAddress: address, readCount: words.length };
  }
  return { kind: 'write-registers', address, words, many: isAlwaysMany };
}

const isMasked = (item: WriteItem): boolean => item.area === 'holding' && item.mask !== undefined;
