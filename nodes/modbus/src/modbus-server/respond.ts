import { exceptionAnswer, valuesAnswer, writtenAnswer } from '../protocol/server-answer.ts';
import { parseRequest } from '../protocol/server-request.ts';
import type { Area } from '../protocol/register-type.ts';
import type { ServerTag } from './config.ts';
import type { Memory } from './memory.ts';

export interface Response {
  /** Function code and data. */
  answer: Buffer;
  /** What a client wrote to. */
  written: readonly ServerTag[];
}

/** What the device answers to a request (function code and data), and what it did. Never throws. */
export function respond(memory: Memory, pdu: Buffer): Response {
  const functionCode = pdu[0] ?? 0;
  const refuse = (code: number): Response => ({ answer: exceptionAnswer(functionCode, code), written: [] });
  const parsed = parseRequest(pdu);
  if (!parsed.ok) return refuse(parsed.exception);
  const { request } = parsed;
  const read = (area: Area, address: number, count: number, written: readonly ServerTag[] = []): Response => {
    const words = memory.read(area, address, count);
    return words.ok
      ? { answer: valuesAnswer(functionCode, area, words.values), written }
      : { ...refuse(words.exception), written };
  };
  switch (request.kind) {
    case 'read':
      return read(request.area, request.address, request.count);
    case 'write': {
      const done = memory.write(request.area, request.address, request.values);
      return done.ok ? { answer: writtenAnswer(pdu), written: done.tags } : refuse(done.exception);
    }
    case 'mask': {
      const { address, andMask, orMask } = request;
      const present = memory.read('holding', address, 1);
      if (!present.ok) return refuse(present.exception);
      const word = ((present.values[0] ?? 0) & andMask) | (orMask & ~andMask & 0xffff);
      const done = memory.write('holding', address, [word]);
      return done.ok ? { answer: writtenAnswer(pdu), written: done.tags } : refuse(done.exception);
    }
    case 'write-and-read': {
      const done = memory.write('holding', request.address, request.values);
      if (!done.ok) return refuse(done.exception);
      return read('holding', request.readAddress, request.readCount, done.tags);
    }
  }
}
