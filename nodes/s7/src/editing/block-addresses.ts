import { scalarOf, sizeOf, typeNamed } from '../protocol/s7-type.ts';
import type { PlcSymbol } from '../protocol/symbol-lines.ts';

/** As what the memory of a block is shown; it does not say itself what it holds. */
export const browsedTypes = [
  'REAL',
  'INT',
  'DINT',
  'BOOL',
  'BYTE',
  'WORD',
  'DWORD',
  'LREAL',
  'LINT',
  'TIME',
  'DTL',
  'STRING',
] as const;

const textLength = 20;
/** A PLC that does not say how long its blocks are. */
const unknownBytes = 100;
const most = 4_000;

/** Every place in a block where a value of the type can begin. */
export function addressesOf({ db, bytes }: { db: number; bytes: number }, typeText: string): PlcSymbol[] {
  const name = typeNamed(typeText) ?? 'BYTE';
  const scalar = scalarOf(name, textLength) ?? { type: 'BYTE' };
  const size = sizeOf(scalar);
  const end = bytes > 0 ? bytes : unknownBytes;
  const step = size === 1 ? 1 : 2;
  const found: PlcSymbol[] = [];
  for (let byte = 0; byte + size <= end && found.length < most; byte += step) {
    if (scalar.type === 'BOOL') {
      for (let bit = 0; bit < 8; bit += 1) {
        found.push({ name: `DB${db}_${byte}_${bit}`, address: `DB${db}.DBX${byte}.${bit}`, type: 'BOOL' });
      }
      continue;
    }
    const type = 'length' in scalar ? `${scalar.type}[${scalar.length}]` : scalar.type;
    const letter = size === 1 ? 'B' : size === 2 ? 'W' : size === 4 ? 'D' : 'X';
    found.push({ name: `DB${db}_${byte}`, address: `DB${db}.DB${letter}${byte}${letter === 'X' ? '.0' : ''}`, type });
  }
  return found;
}
