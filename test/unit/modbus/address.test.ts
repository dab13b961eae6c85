import { deepEqual, ok } from 'node:assert/strict';
import { type Notation, type ParsedAddress, parseAddress } from '../../../nodes/modbus/src/protocol/address.ts';

describe('A Modbus address as people write it', () => {
  const cases: Array<[string, Notation, ParsedAddress]> = [
    ['0', 'zero', { area: 'holding', address: 0 }],
    ['65535', 'zero', { area: 'holding', address: 65_535 }],
    ['1', 'one', { area: 'holding', address: 0 }],
    ['65536', 'one', { area: 'holding', address: 65_535 }],
    ['40001', 'modicon', { area: 'holding', address: 0 }],
    ['30010', 'modicon', { area: 'input', address: 9 }],
    ['00001', 'modicon', { area: 'coil', address: 0 }],
    ['10017', 'modicon', { area: 'discrete', address: 16 }],
    ['465536', 'modicon', { area: 'holding', address: 65_535 }],
    ['300012', 'modicon', { area: 'input', address: 11 }],
    ['7.15', 'zero', { area: 'holding', address: 7, bit: 15 }],
    ['40008.0', 'modicon', { area: 'holding', address: 7, bit: 0 }],
    [' 7.H ', 'zero', { area: 'holding', address: 7, half: 'high' }],
    ['7.l', 'one', { area: 'holding', address: 6, half: 'low' }],
  ];
  for (const [text, notation, value] of cases) {
    it(`reads "${text}" counted from ${notation}`, () => {
      deepEqual(parseAddress(text, notation, 'holding'), { ok: true, value });
    });
  }

  const refused: Array<[string, Notation, RegExp]> = [
    ['65536', 'zero', /beyond the last/],
    ['0', 'one', /below the first/],
    ['40000', 'modicon', /below the first/],
    ['4001', 'modicon', /5 or 6 digits/],
    ['50001', 'modicon', /begin with 0, 1, 3 or 4/],
    ['465537', 'modicon', /beyond the last/],
    ['00001.3', 'modicon', /one bit/],
    ['7.16', 'zero', /bits 0 to 15/],
    ['-1', 'zero', /not a number/],
    ['1e3', 'zero', /not a number/],
    ['', 'zero', /not a number/],
  ];
  for (const [text, notation, problem] of refused) {
    it(`refuses "${text}" counted from ${notation}`, () => {
      const result = parseAddress(text, notation, 'holding');
      ok(!result.ok && problem.test(result.problem), JSON.stringify(result));
    });
  }
});
