import { isBitArea } from './register-type.ts';
import type { Reply, Request } from './request.ts';

const EXCEPTION = 0x80;
/** Unit and function code. */
const HEAD = 2;
/** Of what a device repeats of the request: for several values their address and number, for one the whole of it. */
const SEVERAL = new Set([15, 16]);
const SEVERAL_BYTES = 6;

/** What `answer` says to `asked`, which was the body of `request`; both are unit, function code and data. */
export function parseReply(request: Request, asked: Buffer, answer: Buffer): Reply {
  const [unit, functionCode = 0] = asked;
  if (answer[0] !== unit) return garbled(`unit ${answer[0]} answers instead of ${unit}`);
  if (answer[1] === (functionCode | EXCEPTION) && answer.length === HEAD + 1) {
    return { kind: 'exception', code: answer.readUInt8(HEAD) };
  }
  if (answer[1] !== functionCode) return garbled(`function ${answer[1]} is answered instead of ${functionCode}`);
  switch (request.kind) {
    case 'read':
      return isBitArea(request.area) ? bitsOf(answer, request.count) : registersOf(answer, request.count);
    case 'write-and-read':
      return registersOf(answer, request.readCount);
    case 'write-coils':
    case 'write-registers':
    case 'mask-register':
      return acknowledged(answer, SEVERAL.has(functionCode) ? asked.subarray(0, SEVERAL_BYTES) : asked);
  }
}

function garbled(reason: string): Reply {
  return { kind: 'garbled', reason };
}

/** What is wrong with an answer that should hold so many bytes of data. */
function misfit(answer: Buffer, bytes: number): string | undefined {
  const held = answer.length - HEAD - 1;
  return answer[HEAD] === bytes && held === bytes
    ? undefined
    : `${held} bytes of data, ${answer[HEAD]} by its own count, instead of ${bytes}`;
}

function registersOf(answer: Buffer, count: number): Reply {
  const problem = misfit(answer, count * 2);
  if (problem !== undefined) return garbled(problem);
  const values: number[] = [];
  // Of these there are millions a second.
  for (let at = HEAD + 1; at < answer.length; at += 2) values.push(answer.readUInt16BE(at));
  return { kind: 'values', values };
}

function bitsOf(answer: Buffer, count: number): Reply {
  const problem = misfit(answer, Math.ceil(count / 8));
  if (problem !== undefined) return garbled(problem);
  const values: number[] = [];
  for (let bit = 0; bit < count; bit += 1) values.push((answer.readUInt8(HEAD + 1 + (bit >> 3)) >> (bit & 7)) & 1);
  return { kind: 'values', values };
}

/** A device repeats what it was told; another answer means that something else was written, or elsewhere. */
function acknowledged(answer: Buffer, echo: Buffer): Reply {
  if (answer.equals(echo)) return { kind: 'done' };
  return garbled(`the answer repeats ${answer.toString('hex')} instead of ${echo.toString('hex')}`);
}
