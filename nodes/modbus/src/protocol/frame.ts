/** Header of Modbus TCP: transaction, protocol, length, unit (MODBUS messaging on TCP/IP 1.0b, clause 3.1.3). */
const HEADER_BYTES = 6;
/** Unit and function code, and a PDU of at most 253 bytes (clause 3.1.3 of the messaging guide). */
const SHORTEST_BODY = 2;
const LONGEST_BODY = 254;

export interface Frame {
  transaction: number;
  /** Unit, function code and data. */
  body: Buffer;
}

export type SplitFrames =
  | { ok: true; frames: Frame[]; rest: Buffer }
  /** The bytes are not Modbus TCP; after that no frame boundary can be found again. */
  | { ok: false; reason: string };

/** Takes the complete frames off the front of what was received. */
export function splitFrames(received: Buffer): SplitFrames {
  const frames: Frame[] = [];
  let at = 0;
  while (received.length - at >= HEADER_BYTES) {
    const protocol = received.readUInt16BE(at + 2);
    const length = received.readUInt16BE(at + 4);
    if (protocol !== 0) return { ok: false, reason: `protocol identifier ${protocol} instead of 0` };
    if (length < SHORTEST_BODY || length > LONGEST_BODY) return { ok: false, reason: `a frame of ${length} bytes` };
    if (received.length - at < HEADER_BYTES + length) break;
    const body = received.subarray(at + HEADER_BYTES, at + HEADER_BYTES + length);
    frames.push({ transaction: received.readUInt16BE(at), body });
    at += HEADER_BYTES + length;
  }
  return { ok: true, frames, rest: received.subarray(at) };
}

/** One frame with the given transaction number around unit, function code and data. */
export function frameBytes(transaction: number, body: Buffer): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt16BE(transaction, 0);
  header.writeUInt16BE(body.length, 4);
  return Buffer.concat([header, body]);
}
