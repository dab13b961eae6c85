import type { Message, Request } from './message.ts';

/** Functions of a programming device: which blocks there are, what the module is. */
const BLOCKS = 3;
const SYSTEM = 4;
const LIST_BLOCKS = 2;
const BLOCK_INFO = 3;
const READ_STATE = 1;
const GOOD = 0xff;
/** ASCII of `0A`, a data block. */
const DATA_BLOCK = [0x30, 0x41];
/** In the active file system. */
const ACTIVE = 0x41;

const PARAMETER_HEAD = [0, 1, 0x12];
const DATA_HEAD = 4;

function request(group: number, subfunction: number, data: readonly number[]): Request {
  return {
    kind: 'user-data',
    parameters: Buffer.from([...PARAMETER_HEAD, 4, 0x11, 0x40 | group, subfunction, 0]),
    data: Buffer.from([GOOD, 9, data.length >> 8, data.length & 0xff, ...data]),
  };
}

/** The next part of an answer that is longer than a message. */
export function nextPartRequest(message: Message): Request {
  const [group = 0, subfunction = 0, sequence = 0] = message.parameters.subarray(5, 8);
  return {
    kind: 'user-data',
    parameters: Buffer.from([...PARAMETER_HEAD, 8, 0x12, 0x40 | (group & 0xf), subfunction, sequence, 0, 0, 0, 0]),
    data: Buffer.from([0x0a, 0, 0, 0]),
  };
}

export function listDataBlocksRequest(): Request {
  return request(BLOCKS, LIST_BLOCKS, DATA_BLOCK);
}

export function blockInfoRequest(db: number): Request {
  const digits = Buffer.from(String(db).padStart(5, '0'), 'latin1');
  return request(BLOCKS, BLOCK_INFO, [...DATA_BLOCK, ...digits, ACTIVE]);
}

/** System state list 0x0011, index 1: the order number of the module. */
export function moduleRequest(): Request {
  return request(SYSTEM, READ_STATE, [0x00, 0x11, 0x00, 0x01]);
}

export interface UserData {
  data: Buffer;
  /** Ask `nextPartRequest` for the rest. */
  hasMore: boolean;
}

/** The data of an answer; nothing when the PLC does not answer such questions. */
export function parseUserData({ parameters, data }: Message): UserData | undefined {
  if (parameters.length < 12 || parameters.readUInt16BE(10) !== 0) return undefined;
  if (data.length < DATA_HEAD || data[0] !== GOOD) return undefined;
  const length = data.readUInt16BE(2);
  return { data: data.subarray(DATA_HEAD, DATA_HEAD + length), hasMore: parameters[9] !== 0 };
}

const ENTRY = 4;

/** Numbers of the data blocks in one part of the list. */
export function parseBlockList(data: Buffer): number[] {
  const numbers: number[] = [];
  for (let at = 0; at + ENTRY <= data.length; at += ENTRY) numbers.push(data.readUInt16BE(at));
  return numbers;
}

/** Where the length of the block's data stands in its description. */
const LENGTH_AT = 40;

export function parseBlockLength(data: Buffer): number {
  return data.length >= LENGTH_AT + 2 ? data.readUInt16BE(LENGTH_AT) : 0;
}

const ORDER_NUMBER = { from: 10, to: 30 };

/** E.g. `6ES7 315-2EH14-0AB0`. */
export function parseModule(data: Buffer): string {
  const text = data.subarray(ORDER_NUMBER.from, ORDER_NUMBER.to).toString('latin1');
  return text.replaceAll(/[^\x20-\x7e]+/g, '').trim();
}
