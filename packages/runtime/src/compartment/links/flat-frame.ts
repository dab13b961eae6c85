/**
 * The encoding of most messages: `link` frames whose message holds texts, numbers, booleans and at most one date or
 * buffer, and no other object. A text of 10 kB is written and read 10 times as fast as by v8. All other frames are v8's
 * (`protocol/frame.ts`), told apart by their first byte.
 *
 *   byte 1 · u16 length of the shape · shape (latin1) · the values, each a tag and its bytes, little-endian
 *
 * The shape is the id of the `link in` and the keys, separated by NUL: one text for all messages of a sender, parsed once.
 */
import { FrameError } from '../../protocol/frame.ts';
import { mostBytes, readValue, valueHeadBytes, writeValue } from './flat-value.ts';
import type { FrameSlab } from './frame-slab.ts';
import type { Carried, LinkFrame, Message } from './link-frames.ts';

const flatMark = 1;
const headBytes = 3;
const maxBytes = 128 * 1024;
const maxShapes = 500;

const isLatin1 = /^[\u0001-\u00ff]*$/;

export interface FlatWriter {
  /** False, and nothing is written, where the message needs the other encoding. */
  write(to: string, carried: Carried, slab: FrameSlab): boolean;
}

export function createFlatWriter(): FlatWriter {
  const shapes = new Map<string, { readonly keys: readonly string[]; readonly shape: string }>();
  const values: unknown[] = [];

  const shapeOf = (to: string, keys: readonly string[]): string | undefined => {
    const known = shapes.get(to);
    if (known?.keys.length === keys.length && keys.every((key, index) => key === known.keys[index])) return known.shape;
    if (![to, ...keys].every((part) => isLatin1.test(part)) || keys.includes('__proto__')) return undefined;
    const shape = [to, ...keys].join('\0');
    if (shape.length > 0xffff) return undefined;
    if (shapes.size >= maxShapes) shapes.clear();
    shapes.set(to, { keys, shape });
    return shape;
  };

  return {
    write(to, { msg, req, res }, slab) {
      if (req !== undefined || res !== undefined) return false;
      const keys = Object.keys(msg);
      const shape = shapeOf(to, keys);
      if (shape === undefined) return false;
      values.length = 0;
      let bytes = headBytes + shape.length;
      let objects = 0;
      for (const key of keys) {
        // Read once: a getter may give something else the next time.
        const value = msg[key];
        const most = mostBytes(value);
        if (typeof value === 'object' && value !== null) objects += 1;
        bytes += valueHeadBytes + (most ?? 0);
        // Of two objects one may be the other, and must be so at the receiver.
        if (most === undefined || objects > 1 || bytes > maxBytes) return false;
        values.push(value);
      }
      let at = slab.reserve(bytes);
      const { buffer } = slab;
      buffer[at] = flatMark;
      buffer.writeUInt16LE(shape.length, at + 1);
      buffer.write(shape, at + headBytes, 'latin1');
      at += headBytes + shape.length;
      for (const value of values) at = writeValue(buffer, at, value);
      slab.finish(at);
      return true;
    },
  };
}

export interface FlatReader {
  /** Undefined for a frame of the other encoding. Throws FrameError `frame-garbled`. */
  read(payload: Buffer): LinkFrame | undefined;
}

export function createFlatReader(): FlatReader {
  const shapes = new Map<string, readonly string[]>();

  const partsOf = (shape: string): readonly string[] => {
    const known = shapes.get(shape);
    if (known !== undefined) return known;
    const parts = shape.split('\0');
    if (parts.includes('__proto__')) throw new FrameError('frame-garbled', 'a message with the key __proto__');
    if (shapes.size >= maxShapes) shapes.clear();
    shapes.set(shape, parts);
    return parts;
  };

  const parse = (payload: Buffer): LinkFrame => {
    const start = headBytes + payload.readUInt16LE(1);
    if (start > payload.length) throw new RangeError('the shape goes beyond the end');
    const [to = '', ...keys] = partsOf(payload.toString('latin1', headBytes, start));
    const msg: Message = {};
    let at = start;
    const take = (bytes: number): number => {
      const from = at;
      at += bytes;
      if (at > payload.length) throw new RangeError('a value goes beyond the end');
      return from;
    };
    for (const key of keys) msg[key] = readValue(payload, take);
    return { type: 'link', to, msg };
  };

  return {
    read(payload) {
      if (payload[0] !== flatMark) return undefined;
      try {
        return parse(payload);
      } catch (cause) {
        throw new FrameError('frame-garbled', 'a message could not be read', cause);
      }
    },
  };
}
