/**
 * Frames on a stream: a 4-byte big-endian length, then that many bytes. The handshake's frames hold JSON
 * (`handshake.ts`), all later ones a v8-serialised message, which keeps Date, Buffer, Map and BigInt.
 */
import { DefaultDeserializer, DefaultSerializer } from 'node:v8';

export const headerBytes = 4;
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

const readView: unknown = Reflect.get(DefaultDeserializer.prototype, '_readHostObject');

/** Node's own makes buffers that are a view of the payload, whose memory is used again. */
class CopyingDeserializer extends DefaultDeserializer {
  _readHostObject(): unknown {
    const view: unknown = typeof readView === 'function' ? Reflect.apply(readView, this, []) : undefined;
    if (Buffer.isBuffer(view)) return Buffer.from(view);
    if (!ArrayBuffer.isView(view)) return view;
    const bytes = view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
    return Reflect.construct(view.constructor, [bytes]);
  }
}

/**
 * The message in a frame's payload, which shares no memory with it. Throws FrameError `frame-garbled`. Only for bytes of a
 * peer whose token was checked.
 */
export function decodeMessage(payload: Uint8Array): unknown {
  try {
    const deserializer = new CopyingDeserializer(payload);
    deserializer.readHeader();
    return deserializer.readValue();
  } catch (cause) {
    throw new FrameError('frame-garbled', 'a frame could not be deserialised', cause);
  }
}
