import { type Area, isBitArea } from './register-type.ts';

/** What was read, as function code and data. */
export function valuesAnswer(functionCode: number, area: Area, values: readonly number[]): Buffer {
  if (!isBitArea(area)) {
    const answer = Buffer.alloc(2 + values.length * 2);
    answer.writeUInt8(functionCode, 0);
    answer.writeUInt8(values.length * 2, 1);
    for (const [at, value] of values.entries()) answer.writeUInt16BE(value, 2 + at * 2);
    return answer;
  }
  const answer = Buffer.alloc(2 + Math.ceil(values.length / 8));
  answer.writeUInt8(functionCode, 0);
  answer.writeUInt8(answer.length - 2, 1);
  for (const [at, value] of values.entries()) {
    if (value !== 0) answer[2 + (at >> 3)] = (answer[2 + (at >> 3)] ?? 0) | (1 << (at & 7));
  }
  return answer;
}

/** A device repeats what it wrote: the whole of it for one value and for a mask, address and number for more. */
export function writtenAnswer(pdu: Buffer): Buffer {
  const isMany = pdu[0] === 15 || pdu[0] === 16;
  return Buffer.from(isMany ? pdu.subarray(0, 5) : pdu);
}

export function exceptionAnswer(functionCode: number, code: number): Buffer {
  return Buffer.from([functionCode | 0x80, code]);
}
