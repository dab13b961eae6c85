import { decodeValue } from '../../nodes/s7/src/protocol/decode.ts';
import { encodeValue } from '../../nodes/s7/src/protocol/encode.ts';
import { dataFrame, splitFrames } from '../../nodes/s7/src/protocol/frame.ts';
import { parseRead } from '../../nodes/s7/src/protocol/items.ts';
import { parseMessage } from '../../nodes/s7/src/protocol/message.ts';
import { FIXED_TYPES, type Scalar, sizeOf } from '../../nodes/s7/src/protocol/s7-type.ts';

export interface Fuzzed {
  [key: string]: string | number;
  figure: string;
  cases: number;
  good: number;
  faults: number;
}

/** xorshift32: the same cases in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

const scalars: Scalar[] = [
  ...FIXED_TYPES.map((type) => ({ type })),
  { type: 'STRING', length: 10 },
  { type: 'WSTRING', length: 10 },
];
const plain = { scale: 1, offset: 0 };
const shown = 5;

/** Digits of BCD, small numbers and zeros are more likely than chance would have it: they make dates, times and texts. */
function fill(bytes: Uint8Array, next: () => number): void {
  const kind = next() % 4;
  for (let at = 0; at < bytes.length; at += 1) {
    const word = next();
    bytes[at] =
      kind === 0 ? word : kind === 1 ? ((word % 10) << 4) | ((word >>> 8) % 10) : kind === 2 ? word % 14 : word % 3;
  }
}

/** A fault is an exception, a good value that is none, or one that is not the same when it is written back. */
export function fuzzValues(cases: number): Fuzzed {
  const next = random(0x5eed);
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  let [good, faults] = [0, 0];
  const fault = (text: string): void => {
    faults += 1;
    if (faults <= shown) console.error(text);
  };
  for (let index = 0; index < cases; index += 1) {
    fill(bytes, next);
    const scalar = scalars[index % scalars.length] ?? { type: 'BYTE' };
    const at = next() % 50;
    const name = `${scalar.type} at ${at} of ${Buffer.from(bytes).toString('hex')}`;
    try {
      const read = decodeValue(view, at, at % 8, scalar, plain);
      if (at + sizeOf(scalar) > bytes.length) {
        if (read.ok) fault(`${name}: a value beyond the end`);
        continue;
      }
      if (!read.ok) continue;
      good += 1;
      if (typeof read.value === 'number' && !Number.isFinite(read.value)) fault(`${name}: ${read.value}`);
      const encoded = encodeValue(read.value, scalar, plain);
      if (!encoded.ok) {
        fault(`${name}: cannot be written back: ${encoded.reason}`);
        continue;
      }
      if (scalar.type === 'BOOL') continue;
      bytes.set(encoded.bytes, at + encoded.skip);
      const again = decodeValue(view, at, 0, scalar, plain);
      if (!again.ok || !Object.is(again.value, read.value))
        fault(`${name}: ${String(read.value)} becomes another value`);
    } catch (problem) {
      fault(`${name}: ${String(problem)}`);
    }
  }
  return { figure: 'decoder fuzz', cases, good, faults };
}

const items = [
  { area: 'DB' as const, db: 1, start: 0, count: 3 },
  { area: 'M' as const, db: 0, start: 4, count: 2 },
];
/** As recorded from snap7's server: three bytes, a filler, two bytes. */
const recorded = Buffer.from(
  '32030000000500020 00e0000 0402 ff040018 010203 00 ff040010 0405'.replaceAll(' ', ''),
  'hex',
);

/** Breaks a recorded answer in 1 to 3 places; what is still read as bytes must be what an honest answer of that length could be. */
export function fuzzAnswers(cases: number): Fuzzed {
  const next = random(0xbeef);
  let [good, faults] = [0, 0];
  for (let index = 0; index < cases; index += 1) {
    const broken = Buffer.from(recorded);
    const changes = 1 + (next() % 3);
    for (let change = 0; change < changes; change += 1) broken[next() % broken.length] = next();
    const frame = dataFrame(broken);
    if (index % 3 === 0) frame[next() % frame.length] = next();
    try {
      const split = splitFrames(index % 5 === 0 ? frame.subarray(0, next() % frame.length) : frame);
      if (!split.ok) continue;
      for (const unit of split.units) {
        if (unit.kind !== 'data') continue;
        const parsed = parseMessage(unit.bytes);
        const read = parsed.ok ? parseRead(parsed.message, items) : 'no message';
        if (typeof read === 'string') continue;
        good += 1;
        const isHonest = read.every((reply, at) => reply.kind === 'refused' || reply.bytes.length === items[at]?.count);
        if (read.length !== items.length || !isHonest) faults += 1;
      }
    } catch (problem) {
      faults += 1;
      if (faults <= shown) console.error(frame.toString('hex'), problem);
    }
  }
  return { figure: 'answer fuzz', cases, good, faults };
}
