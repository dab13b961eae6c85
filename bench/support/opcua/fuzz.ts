import { BinaryStream, DataType, DataValue, setWarningLogger, Variant, VariantArrayType } from 'node-opcua';
import { rawValueOf } from '../../../nodes/opcua/src/io/raw-value-of.ts';
import { decodeLeaves, decodeScalar, decodeWaveform, decodeWhole } from '../../../nodes/opcua/src/protocol/decode.ts';
import { decodeStructure } from '../../../nodes/opcua/src/protocol/decode-structure.ts';
import { encodeStructure } from '../../../nodes/opcua/src/protocol/encode-structure.ts';
import { allTypes, knownTypes } from '../../../test/unit/opcua/structure-types.ts';

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

const shown = 5;

function reporter(): { fault(text: string): void; count(): number } {
  let faults = 0;
  return {
    fault(text) {
      faults += 1;
      if (faults <= shown) console.error(text);
    },
    count: () => faults,
  };
}

/** Small numbers are lengths, masks and choices. */
const small = [0, 0, 0, 0, 0, 1, 2, 3, 6, 0x16, 0x81, 0xff];

/** A fault is an exception, or a value that is another one after it was written back. */
export function fuzzStructures(cases: number): Fuzzed {
  const next = random(0x5eed);
  const buffer = new Uint8Array(160);
  const { fault, count } = reporter();
  let good = 0;
  for (let index = 0; index < cases; index += 1) {
    const type = allTypes[index % allTypes.length];
    if (type === undefined) continue;
    const length = next() % (index % 2 === 0 ? 24 : buffer.length);
    for (let at = 0; at < length; at += 1) {
      const word = next();
      buffer[at] = word % 5 === 0 ? word >>> 8 : (small[(word >>> 8) % small.length] ?? 0);
    }
    const bytes = buffer.slice(0, length);
    try {
      const read = decodeStructure({ encodingId: type.encodingId, bytes }, knownTypes, 'number');
      if (!read.ok) continue;
      good += 1;
      const written = encodeStructure(read.value, type, knownTypes);
      if (!written.ok) continue;
      const again = decodeStructure(written.value, knownTypes, 'number');
      const text = (value: unknown): string =>
        JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each));
      if (!again.ok || text(again.value) !== text(read.value))
        fault(`${type.name}: ${text(read.value)} becomes another`);
    } catch (problem) {
      fault(`${type.name} of ${Buffer.from(bytes).toString('hex')}: ${String(problem)}`);
    }
  }
  return { figure: 'structure fuzz', cases, good, faults: count() };
}

const specimens: readonly Variant[] = [
  new Variant({ dataType: DataType.Double, value: 1.5 }),
  new Variant({ dataType: DataType.Float, arrayType: VariantArrayType.Array, value: Float32Array.of(1, 2, 3) }),
  new Variant({ dataType: DataType.Int64, arrayType: VariantArrayType.Scalar, value: [1, 2] }),
  new Variant({ dataType: DataType.String, value: 'filler' }),
  new Variant({ dataType: DataType.DateTime, value: new Date(0) }),
  new Variant({ dataType: DataType.LocalizedText, value: { text: 'Pumpe', locale: 'de' } }),
  new Variant({ dataType: DataType.ByteString, value: Buffer.from([1, 2, 3]) }),
  new Variant({
    dataType: DataType.Int16,
    arrayType: VariantArrayType.Matrix,
    dimensions: [2, 2],
    value: Int16Array.of(1, 2, 3, 4),
  }),
];

function isFiniteThroughout(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isFiniteThroughout);
  return typeof value !== 'object' || value === null || Object.values(value).every(isFiniteThroughout);
}

/** Breaks recorded values in 1 to 3 places; what the library still reads must become no exception and no wrong number. */
export function fuzzFrames(cases: number): Fuzzed {
  setWarningLogger(() => undefined);
  const next = random(0xbeef);
  const { fault, count } = reporter();
  const recorded = specimens.map((value) => {
    const stream = new BinaryStream(500);
    new DataValue({ value, sourceTimestamp: new Date(1_000) }).encode(stream);
    return stream.buffer.subarray(0, stream.length);
  });
  let good = 0;
  const scaling = { scale: 1, offset: 0 };
  for (let index = 0; index < cases; index += 1) {
    const bytes = Buffer.from(recorded[index % recorded.length] ?? []);
    for (let change = next() % 3; change >= 0; change -= 1) bytes[next() % bytes.length] = next();
    const received = new DataValue();
    try {
      received.decode(new BinaryStream(bytes));
    } catch {
      continue;
    }
    try {
      const raw = rawValueOf(received);
      const shape = { enums: 'both' } as const;
      const leaves = decodeLeaves(raw, scaling, shape);
      const all = [decodeScalar(raw, scaling), decodeWaveform(raw, scaling), decodeWhole(raw, scaling, shape)];
      if (leaves.ok) for (const { decoded } of leaves.leaves) if (decoded.ok) all.push(decoded);
      for (const decoded of all) if (decoded.ok && !isFiniteThroughout(decoded.value)) fault(bytes.toString('hex'));
      good += 1;
    } catch (problem) {
      fault(`${bytes.toString('hex')}: ${String(problem)}`);
    }
  }
  return { figure: 'value fuzz', cases, good, faults: count() };
}
