import { equal } from 'node:assert/strict';
import { isAddress } from '../../../nodes/opcua/src/protocol/address.ts';
import { hasOverflow, qualityOf } from '../../../nodes/opcua/src/protocol/status-code.ts';

describe('OPC UA status codes', () => {
  const severities: Array<[string, number, string]> = [
    ['Good', 0x0000_0000, 'good'],
    ['GoodClamped', 0x0030_0000, 'good'],
    ['UncertainLastUsableValue', 0x4090_0000, 'uncertain'],
    ['BadNodeIdUnknown', 0x8034_0000, 'bad'],
    ['a reserved severity', 0xc000_0000, 'bad'],
    ['Good with the overflow bit', 0x0000_0480, 'good'],
  ];
  for (const [name, code, quality] of severities) it(`${name} is ${quality}`, () => equal(qualityOf(code), quality));

  it('tell an overflow only when their low bits speak of a data value', () => {
    equal(hasOverflow(0x0000_0480), true);
    equal(hasOverflow(0x8000_0480), true);
    equal(hasOverflow(0x0000_0080), false);
    equal(hasOverflow(0x0000_0400), false);
  });
});

describe('OPC UA node ids', () => {
  const right = [
    'i=2258',
    'ns=2;s=Line 1.Speed',
    'ns=0;i=85',
    'ns=3;g=09087e75-8e5e-499b-954f-f2a9603db28a',
    'ns=1;b=M/RbKBsRVkePCePcx24oRA==',
  ];
  for (const text of right) it(`takes ${text}`, () => equal(isAddress(text), true));
  for (const text of ['', 'Speed', 'ns=2', 'ns=;s=a', 'ns=2;s=', 'i=abc', 'ns=3;g=1234']) {
    it(`refuses "${text}"`, () => equal(isAddress(text), false));
  }
});
