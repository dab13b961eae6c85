/** Modbus TCP frames: Modbus Messaging on TCP/IP Implementation Guide 1.0b, 3.1; Application Protocol 1.1b3. */

export const exceptionCodes = { illegalFunction: 1, illegalAddress: 2, illegalValue: 3, deviceFailure: 4 } as const;
export type ExceptionCode = (typeof exceptionCodes)[keyof typeof exceptionCodes];

const headerBytes = 7;
/** The length field counts the unit id and at most 253 bytes of protocol data. */
const mostLength = 254;
const mostRegistersPerRead = 125;

export interface Request {
  /** Transaction, protocol, length and unit as they came. */
  header: Buffer;
  functionCode: number;
  data: Buffer;
}

export type Taken = { kind: 'request'; request: Request; rest: Buffer } | { kind: 'incomplete' } | { kind: 'garbage' };

/** Takes the first request off what a socket has delivered so far. */
export function takeRequest(received: Buffer): Taken {
  if (received.length < headerBytes + 1) return { kind: 'incomplete' };
  const length = received.readUInt16BE(4);
  if (received.readUInt16BE(2) !== 0 || length < 2 || length > mostLength) return { kind: 'garbage' };
  const end = headerBytes - 1 + length;
  if (received.length < end) return { kind: 'incomplete' };
  return {
    kind: 'request',
    request: {
      header: received.subarray(0, headerBytes),
      functionCode: received.readUInt8(headerBytes),
      data: received.subarray(headerBytes + 1, end),
    },
    rest: received.subarray(end),
  };
}

export type Read = { address: number; count: number } | ExceptionCode;

/** The registers that a request asks for, or the exception that answers it. The plant is read only. */
export function parseRead({ functionCode, data }: Request): Read {
  if (functionCode !== 3 && functionCode !== 4) return exceptionCodes.illegalFunction;
  if (data.length !== 4) return exceptionCodes.illegalValue;
  const address = data.readUInt16BE(0);
  const count = data.readUInt16BE(2);
  if (count < 1 || count > mostRegistersPerRead) return exceptionCodes.illegalValue;
  if (address + count > 65_536) return exceptionCodes.illegalAddress;
  return { address, count };
}

function answer({ header }: Request, data: Buffer): Buffer {
  const frame = Buffer.alloc(headerBytes + data.length);
  header.copy(frame);
  frame.writeUInt16BE(data.length + 1, 4);
  data.copy(frame, headerBytes);
  return frame;
}

export function answerRegisters(request: Request, registers: ArrayLike<number>): Buffer {
  const data = Buffer.alloc(2 + registers.length * 2);
  data.writeUInt8(request.functionCode, 0);
  data.writeUInt8(registers.length * 2, 1);
  for (let index = 0; index < registers.length; index += 1) data.writeUInt16BE(registers[index] ?? 0, 2 + index * 2);
  return answer(request, data);
}

export function answerException(request: Request, code: ExceptionCode): Buffer {
  return answer(request, Buffer.from([request.functionCode | 0x80, code]));
}
