import type { Area } from './register-type.ts';
import type { Request } from './request.ts';

const READS: Readonly<Record<Area, number>> = { coil: 1, discrete: 2, holding: 3, input: 4 };
const COIL_ON = 0xff00;

/** Unit, function code and data of a request (MODBUS application protocol 1.1b3, clauses 6.1 to 6.17). */
export function requestBody(unit: number, request: Request): Buffer {
  switch (request.kind) {
    case 'read':
      return bodyOf(unit, READS[request.area], [request.address, request.count]);
    case 'write-coils': {
      const { address, values, many } = request;
      if (values.length === 1 && !many) return bodyOf(unit, 5, [address, values[0] === true ? COIL_ON : 0]);
      return bodyOf(unit, 15, [address, values.length], packedBits(values));
    }
    case 'write-registers': {
      const { address, words, many } = request;
      if (words.length === 1 && !many) return bodyOf(unit, 6, [address, words[0] ?? 0]);
      return bodyOf(unit, 16, [address, words.length], packedWords(words));
    }
    case 'mask-register':
      // Result = (present AND and-mask) OR (or-mask AND NOT and-mask), clause 6.16.
      return bodyOf(unit, 22, [request.address, ~request.mask & 0xffff, request.word & request.mask]);
    case 'write-and-read': {
      const { readAddress, readCount, address, words } = request;
      return bodyOf(unit, 23, [readAddress, readCount, address, words.length], packedWords(words));
    }
  }
}

/** `counted`: data behind a byte of its own that says how many bytes they are. */
function bodyOf(unit: number, functionCode: number, words: readonly number[], counted?: Buffer): Buffer {
  const fixed = 2 + words.length * 2;
  const body = Buffer.alloc(fixed + (counted === undefined ? 0 : 1 + counted.length));
  body.writeUInt8(unit, 0);
  body.writeUInt8(functionCode, 1);
  for (const [at, word] of words.entries()) body.writeUInt16BE(word, 2 + at * 2);
  if (counted === undefined) return body;
  body.writeUInt8(counted.length, fixed);
  body.set(counted, fixed + 1);
  return body;
}

function packedWords(words: readonly number[]): Buffer {
  const bytes = Buffer.alloc(words.length * 2);
  for (const [at, word] of words.entries()) bytes.writeUInt16BE(word, at * 2);
  return bytes;
}

function packedBits(values: readonly boolean[]): Buffer {
  const bytes = Buffer.alloc(Math.ceil(values.length / 8));
  for (const [at, value] of values.entries()) {
    if (value) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (at & 7));
  }
  return bytes;
}
