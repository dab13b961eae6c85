/** Head of every frame (RFC 1006, clause 6): version 3, a zero, the length of all of it. */
const TPKT = 4;
const VERSION = 3;
/** No PLC sends a frame of this size; it is a stream of something else. */
const LARGEST = 8_192;
/** Length, code, number and end mark of a data unit (ISO 8073, clause 13.7). */
const DATA_HEAD = 3;

export type Unit =
  /** The PLC takes the connection, or another message of class 0 that is no data. */
  { kind: 'confirm' } | { kind: 'disconnect'; reason: number } | { kind: 'data'; bytes: Buffer; isLast: boolean };

export type Split = { ok: true; units: Unit[]; rest: Buffer } | { ok: false; reason: string };

function unitOf(frame: Buffer): Unit | string {
  const length = frame[TPKT] ?? 0;
  const code = (frame[TPKT + 1] ?? 0) & 0xf0;
  if (TPKT + 1 + length > frame.length) return 'a transport head that is longer than its frame';
  if (code === 0xf0) {
    if (length !== DATA_HEAD - 1) return `a data head of ${length} bytes`;
    return { kind: 'data', bytes: frame.subarray(TPKT + DATA_HEAD), isLast: ((frame[TPKT + 2] ?? 0) & 0x80) !== 0 };
  }
  if (code === 0xd0) return { kind: 'confirm' };
  if (code === 0x80) return { kind: 'disconnect', reason: frame[TPKT + 6] ?? 0 };
  return `a transport unit of kind 0x${code.toString(16)}`;
}

/** Takes whole frames off the front of what has arrived. */
export function splitFrames(received: Buffer): Split {
  const units: Unit[] = [];
  let at = 0;
  while (received.length - at >= TPKT) {
    const length = received.readUInt16BE(at + 2);
    if (received[at] !== VERSION || received[at + 1] !== 0)
      return { ok: false, reason: 'a frame that does not begin with 3, 0' };
    if (length < TPKT + DATA_HEAD || length > LARGEST) return { ok: false, reason: `a frame of ${length} bytes` };
    if (received.length - at < length) break;
    const unit = unitOf(received.subarray(at, at + length));
    if (typeof unit === 'string') return { ok: false, reason: unit };
    units.push(unit);
    at += length;
  }
  return { ok: true, units, rest: received.subarray(at) };
}

/** A request in its frame. */
export function dataFrame(bytes: Buffer): Buffer {
  const frame = Buffer.alloc(TPKT + DATA_HEAD + bytes.length);
  frame[0] = VERSION;
  frame.writeUInt16BE(frame.length, 2);
  frame.set([2, 0xf0, 0x80], TPKT);
  bytes.copy(frame, TPKT + DATA_HEAD);
  return frame;
}

/** Asks for a connection between two access points of the transport layer, which stand for rack and slot. */
export function connectFrame(localTsap: number, remoteTsap: number): Buffer {
  const frame = Buffer.from([
    VERSION,
    0,
    0,
    22,
    17,
    0xe0,
    0,
    0,
    0,
    1,
    0,
    0xc0,
    1,
    10,
    0xc1,
    2,
    localTsap >> 8,
    localTsap & 0xff,
    0xc2,
    2,
    remoteTsap >> 8,
    remoteTsap & 0xff,
  ]);
  return frame;
}
