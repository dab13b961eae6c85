import type { Area, Place } from './address.ts';
import { job, type Message, type Request } from './message.ts';

/** Bytes of one area, or counters or timers, of which `count` says how many. */
export interface ReadItem {
  area: Area;
  db: number;
  /** Number of the first byte, counter or timer. */
  start: number;
  count: number;
}

export interface WriteItem {
  place: Place;
  /** A single bit, the first of `bytes`; everything else in the byte stays. */
  isBit: boolean;
  bytes: Uint8Array;
}

/** One item of an answer. */
export type ItemReply = { kind: 'bytes'; bytes: Buffer } | { kind: 'refused'; code: number };

const READ = 0x04;
const WRITE = 0x05;
export const ITEM_BYTES = 12;
/** The head of an answer and of its parameters. */
export const READ_OVERHEAD = 14;
/** The same of a request with data. */
export const WRITE_OVERHEAD = 12;
/** Return code, kind and length before the data of each item. */
export const DATA_HEAD = 4;

const AREA_CODES: Readonly<Record<Area, number>> = { P: 0x80, I: 0x81, Q: 0x82, M: 0x83, DB: 0x84, C: 0x1c, T: 0x1d };
const BIT = 0x01;
const BYTE = 0x02;
/** Kinds of data in an answer whose length counts bits. */
const COUNTS_BITS = new Set([0x03, 0x04, 0x05]);
const OCTETS = 0x09;
const GOOD = 0xff;

export function isCounted(area: Area): boolean {
  return area === 'C' || area === 'T';
}

/** Bytes on the wire of one byte, counter or timer. */
export function unitBytes(area: Area): number {
  return isCounted(area) ? 2 : 1;
}

function putItem(into: Buffer, at: number, item: ReadItem, bit = 0, transport = BYTE): void {
  into.set([0x12, 0x0a, 0x10, isCounted(item.area) ? AREA_CODES[item.area] : transport], at);
  into.writeUInt16BE(item.count, at + 4);
  into.writeUInt16BE(item.db, at + 6);
  into[at + 8] = AREA_CODES[item.area];
  into.writeUIntBE(isCounted(item.area) ? item.start : item.start * 8 + bit, at + 9, 3);
}

export function readRequest(items: readonly ReadItem[]): Request {
  const parameters = Buffer.alloc(2 + ITEM_BYTES * items.length);
  parameters.set([READ, items.length]);
  for (const [index, item] of items.entries()) putItem(parameters, 2 + ITEM_BYTES * index, item);
  return job(parameters);
}

/** One reply per item asked for, each of exactly the bytes asked for; or why the answer is none. */
export function parseRead({ parameters, data }: Message, items: readonly ReadItem[]): ItemReply[] | string {
  if (parameters.length !== 2 || parameters[0] !== READ) return 'an answer to something else than a read';
  if (parameters[1] !== items.length) return `${parameters[1]} items instead of ${items.length}`;
  const replies: ItemReply[] = [];
  let at = 0;
  for (const [index, item] of items.entries()) {
    const code = data[at];
    if (code === undefined || at + DATA_HEAD > data.length) return 'an answer that ends early';
    if (code !== GOOD) {
      replies.push({ kind: 'refused', code });
      at += DATA_HEAD;
      continue;
    }
    const said = data.readUInt16BE(at + 2);
    const length = COUNTS_BITS.has(data[at + 1] ?? 0) ? said / 8 : said;
    if (length !== item.count * unitBytes(item.area))
      return `${length} bytes instead of ${item.count * unitBytes(item.area)}`;
    const from = at + DATA_HEAD;
    if (from + length > data.length) return 'an answer that ends early';
    replies.push({ kind: 'bytes', bytes: data.subarray(from, from + length) });
    // Every item but the last is filled up to an even length.
    at = from + length + (index < items.length - 1 ? length % 2 : 0);
  }
  // Some PLCs fill up the last one too.
  return at === data.length || at + 1 === data.length ? replies : `${data.length - at} bytes more than were asked for`;
}

export function writeRequest(items: readonly WriteItem[]): Request {
  const parameters = Buffer.alloc(2 + ITEM_BYTES * items.length);
  parameters.set([WRITE, items.length]);
  const parts: Buffer[] = [];
  for (const [index, { place, isBit, bytes }] of items.entries()) {
    const { area, db, byte, bit } = place;
    const count = isBit ? 1 : bytes.length / unitBytes(area);
    putItem(parameters, 2 + ITEM_BYTES * index, { area, db, start: byte, count }, bit, isBit ? BIT : BYTE);
    const isLast = index === items.length - 1;
    const part = Buffer.alloc(DATA_HEAD + bytes.length + (isLast ? 0 : bytes.length % 2));
    part.set([0, isBit ? 0x03 : isCounted(area) ? OCTETS : 0x04]);
    part.writeUInt16BE(isBit ? 1 : isCounted(area) ? bytes.length : bytes.length * 8, 2);
    part.set(bytes, DATA_HEAD);
    parts.push(part);
  }
  return job(parameters, Buffer.concat(parts));
}

/** The code of each item, 0xff where it was written; or why the answer is none. */
export function parseWrite({ parameters, data }: Message, count: number): number[] | string {
  if (parameters.length !== 2 || parameters[0] !== WRITE) return 'an answer to something else than a write';
  if (parameters[1] !== count || data.length !== count) return `${data.length} results instead of ${count}`;
  return [...data];
}

export const ITEM_GOOD = GOOD;

const ITEM_ERRORS: Readonly<Record<number, string>> = {
  0x01: 'hardware error',
  0x03: 'access is not permitted (is the block one with optimised access?)',
  0x05: 'the address is beyond the end of the block or area',
  0x06: 'the type is not supported',
  0x07: 'the type does not fit',
  0x0a: 'the block does not exist, or has optimised access',
};

export function itemErrorText(code: number): string {
  return ITEM_ERRORS[code] ?? `error 0x${code.toString(16).padStart(2, '0')}`;
}
