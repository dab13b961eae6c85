/**
 * Cuts a byte stream into frames. The memory of what is pushed belongs to somebody else, who reads the next bytes into
 * it: what is not given out at once is copied by `keep`, into memory that is used again as well.
 */
import { FrameError, headerBytes, maxFrameBytes } from './frame.ts';

export interface FrameReader {
  push(chunk: Buffer): void;
  /**
   * The payload of the next whole frame, or null until more bytes came. It is there until the next call of any of these;
   * copy what shall stay. Throws FrameError.
   */
  next(): Buffer | null;
  /** To be called before the memory of the chunk that was pushed is used for something else. */
  keep(): void;
  /** Largest payload accepted from now on: small before the token was checked. */
  limit(bytes: number): void;
  /** Bytes that were pushed and not given out. */
  readonly buffered: number;
}

const nothing: Buffer = Buffer.alloc(0);

/** What is kept for the next incomplete frame; a larger one has memory of its own. */
const leastHeld = 16 * 1024;
const mostHeld = 256 * 1024;

/** Holds at most one incomplete frame (bounded by the limit) and what was pushed and not asked for. */
export function createFrameReader(initialLimit = maxFrameBytes): FrameReader {
  let chunk = nothing;
  /** Where in the chunk what was not given out begins. */
  let at = 0;
  /** What came before the chunk, from `start` to `end`. */
  let held = nothing;
  let start = 0;
  let end = 0;
  /** Length of the frame whose header was read. */
  let awaited = 0;
  let limit = initialLimit;

  const buffered = (): number => end - start + chunk.length - at;

  /** Makes room behind what is held: a frame that comes in small pieces is moved seldom, and never takes twice its size. */
  const reserve = (bytes: number): void => {
    const used = end - start;
    const wanted = used + bytes;
    if (start + wanted <= held.length) return;
    const old = held;
    if (wanted > held.length) {
      const ahead = Math.min(2 * held.length, awaited);
      held = Buffer.allocUnsafeSlow(Math.max(leastHeld, wanted, ahead));
    }
    old.copy(held, 0, start, end);
    start = 0;
    end = used;
  };

  const hold = (bytes: number): void => {
    if (bytes === 0) return;
    reserve(bytes);
    chunk.copy(held, end, at, at + bytes);
    at += bytes;
    end += bytes;
  };

  /** The next `length` bytes; the caller has checked that so many are there. */
  const take = (length: number): Buffer => {
    if (start === end) {
      at += length;
      return chunk.subarray(at - length, at);
    }
    hold(Math.max(0, length - (end - start)));
    const piece = held.subarray(start, start + length);
    start += length;
    if (start === end) {
      start = 0;
      end = 0;
      if (held.length > mostHeld) held = nothing;
    }
    return piece;
  };

  const keep = (): void => {
    hold(chunk.length - at);
    chunk = nothing;
    at = 0;
  };

  return {
    push(bytes) {
      keep();
      chunk = bytes;
    },
    next() {
      if (awaited === 0) {
        if (buffered() < headerBytes) return null;
        const length = take(headerBytes).readUInt32BE(0);
        if (length === 0) throw new FrameError('frame-empty', 'a frame of no bytes');
        if (length > limit) {
          throw new FrameError('frame-too-large', `a frame of ${length} bytes was announced, the limit is ${limit}`);
        }
        awaited = length;
      }
      if (buffered() < awaited) return null;
      const payload = take(awaited);
      awaited = 0;
      return payload;
    },
    keep,
    limit(bytes) {
      limit = bytes;
    },
    get buffered() {
      return buffered();
    },
  };
}
