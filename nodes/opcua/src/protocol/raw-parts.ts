/** 1601-01-01, the zero of OPC UA, which stands for no time (OPC 10000-6, clause 5.2.2.5). */
const FIRST_TIME_MS = -11_644_473_600_000;

export function isIterable(value: unknown): value is Iterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.iterator in value;
}

function isWordPair(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((word) => typeof word === 'number');
}

/** 64-bit integers come as their high and low 32 bits. */
export function integer64(value: unknown, isSigned: boolean): bigint | undefined {
  if (typeof value === 'bigint') return value;
  if (!isWordPair(value)) return undefined;
  const bits = (BigInt(value[0] >>> 0) << 32n) | BigInt(value[1] >>> 0);
  return isSigned ? BigInt.asIntN(64, bits) : bits;
}

export function isoTime(value: unknown): string | undefined {
  if (!(value instanceof Date)) return undefined;
  const ms = value.getTime();
  return Number.isFinite(ms) && ms > FIRST_TIME_MS ? value.toISOString() : undefined;
}
