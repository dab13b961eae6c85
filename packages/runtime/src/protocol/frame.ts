/**
 * Frames on a stream: a 4-byte big-endian length, then that many bytes. The handshake's frames hold JSON
 * (`handshake.ts`), all later ones a v8-serialised message, which keeps Date, Buffer, Map and BigInt.
 */
import { DefaultSerializer, deserialize } from 'node:v8';

const headerBytes = 4;
const noLength = Buffer.alloc(headerBytes);

/** Larger than any flow file; a length beyond it is taken for garbage. */
export const maxFrameBytes = 64 * 1024 * 1024;

/** Why bytes are not a frame. The connection they came from cannot be used any further. */
export class FrameError extends Error {
  readonly code: 'frame-too-large' | 'frame-empty' | 'frame-garbled' | 'not-serialisable';
  readonly retryable = false;

  constructor(code: FrameError['code'], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** Puts the length in front of a payload. Throws FrameError `frame-too-large`. */
export function frame(payload: Uint8Array, limit = maxFrameBytes): Buffer {
  if (payload.byteLength > limit) {
    throw new FrameError('frame-too-large', `a message of ${payload.byteLength} bytes exceeds the limit of ${limit}`);
  }
  const bytes = Buffer.allocUnsafe(headerBytes + payload.byteLength);
  bytes.writeUInt32BE(payload.byteLength, 0);
  bytes.set(payload, headerBytes);
  return bytes;
}

/** A message as one frame. Throws FrameError `not-serialisable` (functions, sockets, ...) or `frame-too-large`. */
export function encodeMessage(message: unknown, limit = maxFrameBytes): Buffer {
  // Room for the length in front, so that a message of 100 MB is not copied once more.
  const serializer = new DefaultSerializer();
  serializer.writeRawBytes(noLength);
  let bytes: Buffer;
  try {
    serializer.writeHeader();
    serializer.writeValue(message);
    bytes = serializer.releaseBuffer();
  } catch (cause) {
    throw new FrameError('not-serialisable', cause instanceof Error ? cause.message : String(cause), cause);
  }
  const length = bytes.length - headerBytes;
  if (length > limit) {
    throw new FrameError('frame-too-large', `a message of ${length} bytes exceeds the limit of ${limit}`);
  }
  bytes.writeUInt32BE(length, 0);
  return bytes;
}

/** The message in a frame's payload. Throws FrameError `frame-garbled`. Only for bytes of a peer whose token was checked. */
export function decodeMessage(payload: Uint8Array): unknown {
  try {
    return deserialize(payload);
  } catch (cause) {
    throw new FrameError('frame-garbled', 'a frame could not be deserialised', cause);
  }
}

export interface FrameReader {
  push(chunk: Buffer): void;
  /** The payload of the next whole frame, or null until more bytes came. Throws FrameError. */
  next(): Buffer | null;
  /** Largest payload accepted from now on: small before the token was checked. */
  limit(bytes: number): void;
  /** Bytes that were pushed and not given out. */
  readonly buffered: number;
}

/** Cuts a byte stream into frames. Holds at most one incomplete frame (bounded by the limit) and the chunks pushed. */
export function createFrameReader(initialLimit = maxFrameBytes): FrameReader {
  const chunks: Buffer[] = [];
  /** Where in the first chunk what was not given out begins. */
  let offset = 0;
  let buffered = 0;
  /** Length of the frame whose header was read. */
  let awaited = 0;
  let limit = initialLimit;

  /** At most `length` bytes of the first chunk. */
  const cut = (length: number): Buffer => {
    const first = chunks[0] ?? noLength;
    const piece = first.subarray(offset, offset + length);
    offset += piece.length;
    if (offset === first.length) {
      chunks.shift();
      offset = 0;
    }
    return piece;
  };

  /** The next `length` bytes; the caller has checked that so many are there. Only what lies in two chunks is copied. */
  const take = (length: number): Buffer => {
    buffered -= length;
    const first = cut(length);
    if (first.length === length) return first;
    const pieces = [first];
    for (let left = length - first.length; left > 0; left -= pieces.at(-1)?.length ?? left) pieces.push(cut(left));
    return Buffer.concat(pieces, length);
  };

  const next = (): Buffer | null => {
    if (awaited === 0) {
      if (buffered < headerBytes) return null;
      const length = take(headerBytes).readUInt32BE(0);
      if (length === 0) throw new FrameError('frame-empty', 'a frame of no bytes');
      if (length > limit) {
        throw new FrameError('frame-too-large', `a frame of ${length} bytes was announced, the limit is ${limit}`);
      }
      awaited = length;
    }
    if (buffered < awaited) return null;
    const payload = take(awaited);
    awaited = 0;
    return payload;
  };

  return {
    push(chunk) {
      if (chunk.length === 0) return;
      chunks.push(chunk);
      buffered += chunk.length;
    },
    next,
    limit(bytes) {
      limit = bytes;
    },
    get buffered() {
      return buffered;
    },
  };
}
