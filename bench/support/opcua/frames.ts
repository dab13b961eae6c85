/** Chunks of OPC UA Connection Protocol (OPC 10000-6, clause 7.1.2), security None, one chunk a message. */
export interface Frame {
  type: string;
  bytes: Buffer;
}

const HEADER = 8;

/** Whole frames at the head of the bytes, and what is left. */
export function splitFrames(bytes: Buffer): { frames: Frame[]; rest: Buffer } {
  const frames: Frame[] = [];
  let rest = bytes;
  while (rest.length >= HEADER && rest.length >= rest.readUInt32LE(4)) {
    const size = rest.readUInt32LE(4);
    frames.push({ type: rest.toString('latin1', 0, 3), bytes: rest.subarray(0, size) });
    rest = rest.subarray(size);
  }
  return { frames, rest };
}

/** Where the sequence header begins: after the channel and its security. */
export function sequenceAt({ type, bytes }: Frame): number {
  if (type !== 'OPN') return HEADER + 8;
  let at = HEADER + 4;
  for (let field = 0; field < 3; field += 1) at += 4 + Math.max(0, bytes.readInt32LE(at));
  return at;
}

export const requestIdOf = (frame: Frame): number => frame.bytes.readUInt32LE(sequenceAt(frame) + 4);

/** The numeric node id that a body begins with, and where it ends. */
function typeOf(bytes: Buffer, at: number): { id: number; end: number } {
  return bytes.readUInt8(at) === 1
    ? { id: bytes.readUInt16LE(at + 2), end: at + 4 }
    : { id: bytes.readUInt8(at + 1), end: at + 2 };
}

export function bodyOf(frame: Frame): { id: number; end: number } {
  return typeOf(frame.bytes, sequenceAt(frame) + 8);
}

/** Past a node id, as the authentication token is. */
function skipNodeId(bytes: Buffer, at: number): number {
  switch (bytes.readUInt8(at)) {
    case 0:
      return at + 2;
    case 1:
      return at + 4;
    case 2:
      return at + 7;
    case 4:
      return at + 19;
    default:
      return at + 7 + Math.max(0, bytes.readInt32LE(at + 3));
  }
}

/** The handle in the header of a request, which its answer repeats. */
export function requestHandleOf(frame: Frame): number {
  return frame.bytes.readUInt32LE(skipNodeId(frame.bytes, bodyOf(frame).end) + 8);
}

export const PUBLISH_RESPONSE = 829;
export const PUBLISH_REQUEST = 826;

/** Where the number of the notification stands in a PublishResponse, and whether it has data. */
export function notificationAt(frame: Frame): { at: number; hasData: boolean } {
  const { bytes } = frame;
  // Header of the response: time, handle, result, diagnostics, texts, additional header.
  const id = bodyOf(frame).end + 8 + 4 + 4 + 1 + 4 + 3;
  const available = id + 4;
  const at = available + 4 + 4 * Math.max(0, bytes.readInt32LE(available)) + 1;
  return { at, hasData: bytes.readInt32LE(at + 12) > 0 };
}
