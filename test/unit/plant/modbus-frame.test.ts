import { deepEqual, equal } from 'node:assert/strict';
import fc from 'fast-check';
import type { RegisterTag } from '../../../packages/plant/src/catalogue.ts';
import {
  answerException,
  answerRegisters,
  parseRead,
  type Request,
  takeRequest,
} from '../../../packages/plant/src/modbus/frame.ts';
import { readRegisters, writeRegisters } from '../../../packages/plant/src/modbus/registers.ts';

function requestOf(hex: string): Request {
  const taken = takeRequest(Buffer.from(hex, 'hex'));
  if (taken.kind !== 'request') throw new Error(taken.kind);
  return taken.request;
}

describe('a Modbus TCP request', () => {
  const readTen = '0007 0000 0006 01 03 0000 000a'.replaceAll(' ', '');

  it('is taken whole, and what follows is left', () => {
    const taken = takeRequest(Buffer.from(`${readTen}0008`, 'hex'));
    equal(taken.kind, 'request');
    if (taken.kind === 'request') equal(taken.rest.toString('hex'), '0008');
  });

  it('is waited for while it is incomplete', () => {
    for (let length = 0; length < readTen.length; length += 2) {
      equal(takeRequest(Buffer.from(readTen.slice(0, length), 'hex')).kind, 'incomplete');
    }
  });

  for (const [name, hex] of [
    ['another protocol', '0007000100060103000000'],
    ['a length of 0', '0007000000000103'],
    ['a length beyond a frame', '0007000001000103'],
  ] as const) {
    it(`with ${name} is garbage`, () => equal(takeRequest(Buffer.from(hex, 'hex')).kind, 'garbage'));
  }

  for (const [name, hex, expected] of [
    ['of holding registers', '00070000000601030000000a', { address: 0, count: 10 }],
    ['of input registers', '00070000000601040002007d', { address: 2, count: 125 }],
    ['of 0 registers', '000700000006010300000000', 3],
    ['of 126 registers', '00070000000601030000007e', 3],
    ['beyond the last address', '000700000006010300000000'.replace('00000000', 'ffff0002'), 2],
    ['of coils', '00070000000601010000000a', 1],
    ['that writes', '00070000000601060000000a', 1],
    ['that is too short', '00070000000401030000', 3],
  ] as const) {
    it(`${name} is understood`, () => deepEqual(parseRead(requestOf(hex)), expected));
  }

  it('is answered with its own transaction and unit', () => {
    equal(answerRegisters(requestOf(readTen), [1, 0xabcd]).toString('hex'), '000700000007010304' + '0001abcd');
    equal(answerException(requestOf(readTen), 4).toString('hex'), '00070000000301' + '8304');
  });
});

describe('a value in registers', () => {
  const tag = (type: RegisterTag['type'], byteOrder: RegisterTag['byteOrder'], scale = 1): RegisterTag => ({
    name: 'x',
    address: 1,
    type,
    byteOrder,
    scale,
    description: '',
  });

  it('lies there high word first, or low word first', () => {
    const registers = new Uint16Array(6);
    writeRegisters(registers, tag('uint32', 'ABCD'), 0x12345678);
    deepEqual([...registers], [0, 0x1234, 0x5678, 0, 0, 0]);
    writeRegisters(registers, tag('uint32', 'CDAB'), 0x12345678);
    deepEqual([...registers], [0, 0x5678, 0x1234, 0, 0, 0]);
  });

  it('comes back as it was', () => {
    const cases = fc.oneof(
      fc.tuple(fc.constant<RegisterTag['type']>('uint16'), fc.integer({ min: 0, max: 65_535 })),
      fc.tuple(fc.constant<RegisterTag['type']>('int16'), fc.integer({ min: -32_768, max: 32_767 })),
      fc.tuple(fc.constant<RegisterTag['type']>('uint32'), fc.nat(4_294_967_295)),
      fc.tuple(fc.constant<RegisterTag['type']>('uint64'), fc.nat(Number.MAX_SAFE_INTEGER)),
      fc.tuple(fc.constant<RegisterTag['type']>('float32'), fc.float({ noNaN: true })),
      fc.tuple(fc.constant<RegisterTag['type']>('float64'), fc.double({ noNaN: true })),
    );
    fc.assert(
      fc.property(cases, fc.constantFrom('ABCD', 'CDAB'), ([type, value], byteOrder) => {
        const registers = new Uint16Array(6);
        writeRegisters(registers, tag(type, byteOrder), value);
        equal(readRegisters(registers, tag(type, byteOrder)), value);
      }),
    );
  });

  it('is null where it is not a number', () => {
    const registers = new Uint16Array(6);
    writeRegisters(registers, tag('float32', 'CDAB'), Number.NaN);
    equal(readRegisters(registers, tag('float32', 'CDAB')), null);
  });

  it('is scaled', () => {
    const registers = new Uint16Array(6);
    writeRegisters(registers, tag('int16', 'ABCD', 0.1), -12.3);
    equal(registers[1], 65_536 - 123);
  });
});
