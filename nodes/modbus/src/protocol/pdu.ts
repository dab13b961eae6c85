import { type Area, isBitArea } from './register-type.ts';
import type { Span } from './read-plan.ts';

/** What a device holds: registers as unsigned 16-bit numbers, bits as 0 and 1. */
export type ReadValues = readonly number[];

export type ReadReply =
  | { kind: 'values'; values: ReadValues }
  | { kind: 'exception'; code: number }
  | { kind: 'garbled'; reason: string };

/** Modbus application protocol 1.1b3, clauses 6.1 to 6.4. */
const READ_FUNCTIONS: Record<Area, number> = { coil: 1, discrete: 2, holding: 3, input: 4 };
const EXCEPTION_FLAG = 0x80;

/** Unit, function code, address and count of a read request. */
export function readRequestBytes(unit: number, span: Span): Buffer {
  const body = Buffer.alloc(6);
  body.writeUInt8(unit, 0);
  body.writeUInt8(READ_FUNCTIONS[span.area], 1);
  body.writeUInt16BE(span.address, 2);
  body.writeUInt16BE(span.count, 4);
  return body;
}

function bitsFrom(data: Buffer, count: number): number[] {
  return Array.from({ length: count }, (_, index) => ((data[index >> 3] ?? 0) >> (index & 7)) & 1);
}

function registersFrom(data: Buffer, count: number): number[] {
  return Array.from({ length: count }, (_, index) => data.readUInt16BE(index * 2));
}

/** Reads the body of an answer to `readRequestBytes(unit, span)`; whatever does not fit the request is garbled. */
export function parseReadReply(body: Buffer, unit: number, span: Span): ReadReply {
  const wanted = READ_FUNCTIONS[span.area];
  const [gotUnit, gotFunction, third] = body;
  if (gotUnit !== unit) return { kind: 'garbled', reason: `unit ${gotUnit} answered for unit ${unit}` };
  if (gotFunction === (wanted | EXCEPTION_FLAG) && third !== undefined) return { kind: 'exception', code: third };
  if (gotFunction !== wanted) return { kind: 'garbled', reason: `function ${gotFunction} answered to ${wanted}` };
  const bytes = isBitArea(span.area) ? Math.ceil(span.count / 8) : span.count * 2;
  const data = body.subarray(3);
  if (third !== bytes || data.length !== bytes) {
    return { kind: 'garbled', reason: `${data.length} bytes of data (said ${third}) instead of ${bytes}` };
  }
  return {
    kind: 'values',
    values: isBitArea(span.area) ? bitsFrom(data, span.count) : registersFrom(data, span.count),
  };
}
