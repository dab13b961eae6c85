import { ILLEGAL_FUNCTION, ILLEGAL_VALUE } from './exception.ts';
import type { Area } from './register-type.ts';

/** What a client asks of a device; numbers are registers, or 0 and 1 for bits. */
export type ServerRequest =
  | { kind: 'read'; area: Area; address: number; count: number }
  | { kind: 'write'; area: 'coil' | 'holding'; address: number; values: readonly number[] }
  | { kind: 'mask'; address: number; andMask: number; orMask: number }
  | { kind: 'write-and-read'; address: number; values: readonly number[]; readAddress: number; readCount: number };

export type ParsedRequest = { ok: true; request: ServerRequest } | { ok: false; exception: number };

const READS: Readonly<Record<number, Area>> = { 1: 'coil', 2: 'discrete', 3: 'holding', 4: 'input' };
/** Most of one request (Modbus application protocol 1.1b3, clauses 6.1 to 6.17). */
const MOST = { bitsRead: 2000, registersRead: 125, coilsWritten: 1968, registersWritten: 123, alongWritten: 121 };
const COIL_ON = 0xff00;

const wrong: ParsedRequest = { ok: false, exception: ILLEGAL_VALUE };
const asks = (request: ServerRequest): ParsedRequest => ({ ok: true, request });

/** Reads a request: function code and data. */
export function parseRequest(pdu: Buffer): ParsedRequest {
  const functionCode = pdu[0] ?? 0;
  const area = READS[functionCode];
  if (area !== undefined) return parseRead(pdu, area);
  switch (functionCode) {
    case 5: {
      if (pdu.length !== 5) return wrong;
      const value = pdu.readUInt16BE(3);
      if (value !== COIL_ON && value !== 0) return wrong;
      return asks({ kind: 'write', area: 'coil', address: pdu.readUInt16BE(1), values: [value === 0 ? 0 : 1] });
    }
    case 6:
      if (pdu.length !== 5) return wrong;
      return asks({ kind: 'write', area: 'holding', address: pdu.readUInt16BE(1), values: [pdu.readUInt16BE(3)] });
    case 15:
      return parseCoils(pdu);
    case 16: {
      const values = registersAt(pdu, 5, MOST.registersWritten);
      if (values === undefined || pdu.readUInt16BE(3) !== values.length) return wrong;
      return asks({ kind: 'write', area: 'holding', address: pdu.readUInt16BE(1), values });
    }
    case 22:
      if (pdu.length !== 7) return wrong;
      return asks({
        kind: 'mask',
        address: pdu.readUInt16BE(1),
        andMask: pdu.readUInt16BE(3),
        orMask: pdu.readUInt16BE(5),
      });
    case 23: {
      const values = registersAt(pdu, 9, MOST.alongWritten);
      if (values === undefined || pdu.readUInt16BE(7) !== values.length) return wrong;
      const readCount = pdu.readUInt16BE(3);
      if (readCount < 1 || readCount > MOST.registersRead) return wrong;
      const readAddress = pdu.readUInt16BE(1);
      return asks({ kind: 'write-and-read', address: pdu.readUInt16BE(5), values, readAddress, readCount });
    }
    default:
      return { ok: false, exception: ILLEGAL_FUNCTION };
  }
}

function parseRead(pdu: Buffer, area: Area): ParsedRequest {
  if (pdu.length !== 5) return wrong;
  const count = pdu.readUInt16BE(3);
  const most = area === 'coil' || area === 'discrete' ? MOST.bitsRead : MOST.registersRead;
  if (count < 1 || count > most) return wrong;
  return asks({ kind: 'read', area, address: pdu.readUInt16BE(1), count });
}

function parseCoils(pdu: Buffer): ParsedRequest {
  if (pdu.length < 7) return wrong;
  const count = pdu.readUInt16BE(3);
  const bytes = Math.ceil(count / 8);
  if (count < 1 || count > MOST.coilsWritten || pdu[5] !== bytes || pdu.length !== 6 + bytes) return wrong;
  const values = Array.from({ length: count }, (_, at) => ((pdu[6 + (at >> 3)] ?? 0) >> (at & 7)) & 1);
  return asks({ kind: 'write', area: 'coil', address: pdu.readUInt16BE(1), values });
}

/** Registers behind their byte count, which is the byte at `at`, to the end. */
function registersAt(pdu: Buffer, at: number, most: number): number[] | undefined {
  const bytes = pdu[at];
  if (bytes === undefined || bytes < 2 || bytes % 2 !== 0 || bytes / 2 > most || pdu.length !== at + 1 + bytes) {
    return undefined;
  }
  return Array.from({ length: bytes / 2 }, (_, index) => pdu.readUInt16BE(at + 1 + index * 2));
}
