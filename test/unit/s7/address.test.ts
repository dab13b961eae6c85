import { deepEqual, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { type Address, parseAddress } from '../../../nodes/s7/src/protocol/address.ts';
import { parseTemplates } from '../../../nodes/s7/src/protocol/template.ts';
import { type Names, placeTag } from '../../../nodes/s7/src/s7-tag/place-tag.ts';

const none: Names = { symbols: new Map(), templates: new Map() };

function addressOf(text: string): Address {
  const parsed = parseAddress(text);
  if (!parsed.ok || parsed.kind !== 'absolute') throw new Error(`${text}: ${JSON.stringify(parsed)}`);
  return parsed.address;
}

describe('An S7 address', () => {
  const places: [string, [string, number, number, number]][] = [
    ['DB1,REAL4', ['DB', 1, 4, 0]],
    ['DB10,X14.5', ['DB', 10, 14, 5]],
    ['DB10,STRING10.20', ['DB', 10, 10, 0]],
    ['DB10,S5TIME6', ['DB', 10, 6, 0]],
    ['db10,int2.5', ['DB', 10, 2, 0]],
    ['DB1.DBX0.7', ['DB', 1, 0, 7]],
    ['%DB1.DBD4', ['DB', 1, 4, 0]],
    ['DB 1 . DBW 2', ['DB', 1, 2, 0]],
    ['%MW10', ['M', 0, 10, 0]],
    ['MR8', ['M', 0, 8, 0]],
    ['M0.1', ['M', 0, 0, 1]],
    ['I0.0', ['I', 0, 0, 0]],
    ['E0.0', ['I', 0, 0, 0]],
    ['EB4', ['I', 0, 4, 0]],
    ['Q1.7', ['Q', 0, 1, 7]],
    ['A1.7', ['Q', 0, 1, 7]],
    ['AW2', ['Q', 0, 2, 0]],
    ['PIW256', ['P', 0, 256, 0]],
    ['%IW64:P', ['P', 0, 64, 0]],
    ['T5', ['T', 0, 5, 0]],
    ['C5', ['C', 0, 5, 0]],
    ['Z5', ['C', 0, 5, 0]],
  ];
  for (const [text, [area, db, byte, bit]] of places) {
    it(`${text} is byte ${byte} of ${area}${db === 0 ? '' : db}`, () => {
      deepEqual(addressOf(text).place, { area, db, byte, bit });
    });
  }

  const wrong = [
    '',
    'DB',
    'DB0,INT0',
    'DB1',
    'DB1,INT',
    'DB1,X4',
    'DB1,X4.8',
    'DB1.DBX1',
    'DB1.DBW2.1',
    'DB1,FOO4',
    'DB70000,INT0',
    'DB1,INT70000',
    'DB1,INT0.0',
    'M0.8',
    'MW',
    'PMW2',
    'T',
    'T0.0',
    'X5',
    '"open',
    '"a"b',
    'DB1,STRING4',
    'DB1,STRING4.300',
  ];
  for (const text of wrong) {
    it(`"${text}" is refused, and says why`, () => {
      // A STRING without a length has 254 characters, as in a declaration.
      const parsed = parseAddress(text);
      if (text === 'DB1,STRING4') ok(parsed.ok);
      else ok(!parsed.ok && parsed.reason.length > 5);
    });
  }

  it('in quotes is a symbol, however its parts are quoted', () => {
    deepEqual(parseAddress('"Motor speed"'), { ok: true, kind: 'symbol', name: 'Motor speed' });
    deepEqual(parseAddress('"DB_Motor".speed'), { ok: true, kind: 'symbol', name: 'DB_Motor.speed' });
    deepEqual(parseAddress('"DB_Motor"."speed"'), { ok: true, kind: 'symbol', name: 'DB_Motor.speed' });
  });

  it('never throws, whatever is written', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^%?(DB|M|I|T)\d{0,6}[.,]?[A-Z]{0,8}\d{0,6}(\.\d{0,3})?$/)),
        (text) => {
          const parsed = parseAddress(text);
          if (parsed.ok && parsed.kind === 'absolute') ok(parsed.address.place.byte <= 65_535);
        },
      ),
      { numRuns: 10_000 },
    );
  });
});

describe('A tag of an S7 table', () => {
  const spotsOf = (address: string, type = '', names = none) => {
    const placed = placeTag(address, type, names);
    if (!placed.ok) throw new Error(placed.reason);
    return placed.spots.map(({ path, span, bit, scalar }) => [
      path.join('.'),
      span.start,
      bit,
      span.count,
      scalar.type,
    ]);
  };
  const reasonOf = (address: string, type = ''): string => {
    const placed = placeTag(address, type, none);
    return placed.ok ? 'good' : placed.reason;
  };

  it('takes its type from the cell, the letters or the width of its address', () => {
    deepEqual(spotsOf('DB1.DBD4', 'REAL'), [['', 4, 0, 4, 'REAL']]);
    deepEqual(spotsOf('DB1,REAL4'), [['', 4, 0, 4, 'REAL']]);
    deepEqual(spotsOf('DB1.DBW4'), [['', 4, 0, 2, 'WORD']]);
    deepEqual(spotsOf('DB1.DBX4.0', 'LREAL'), [['', 4, 0, 8, 'LREAL']]);
    deepEqual(spotsOf('DB1,STRING4.10'), [['', 4, 0, 12, 'STRING']]);
  });

  it('is refused where type and address contradict each other', () => {
    ok(/4 bytes, not 2/.test(reasonOf('DB1.DBW4', 'REAL')));
    ok(/another type/.test(reasonOf('DB1,INT4', 'REAL')));
    ok(/does not begin at a bit/.test(reasonOf('DB1.DBX4.3', 'REAL')));
    ok(/needs the number of its bit/.test(reasonOf('DB1.DBW4', 'BOOL')));
    ok(
      /only TIMER/.test(reasonOf('T4', 'ARRAY[0..1] OF INT')) ||
        /another type/.test(reasonOf('T4', 'ARRAY[0..1] OF INT')),
    );
    ok(/no type and no template/.test(reasonOf('DB1.DBX0.0', 'Motor')));
    ok(/beyond byte/.test(reasonOf('DB1.DBB65535', 'LREAL')));
  });

  it('is one tag per value of an array, bits packed', () => {
    deepEqual(spotsOf('DB1,INT2.3'), [
      ['0', 2, 0, 2, 'INT'],
      ['1', 4, 0, 2, 'INT'],
      ['2', 6, 0, 2, 'INT'],
    ]);
    deepEqual(
      spotsOf('DB1.DBX0.6', 'ARRAY[1..3] OF BOOL').map(([path, start, bit]) => [path, start, bit]),
      [
        ['1', 0, 6],
        ['2', 0, 7],
        ['3', 1, 0],
      ],
    );
    deepEqual(
      spotsOf('T3.2').map(([path, start, , count]) => [path, start, count]),
      [
        ['0', 3, 1],
        ['1', 4, 1],
      ],
    );
  });

  it('of a struct lies as STEP 7 lays it out', () => {
    const { templates, problems } = parseTemplates(
      'Inner: a BYTE; b BYTE; c BOOL\nMotor: on BOOL; off BOOL; mode BYTE; speed REAL; name STRING[3]; inner Inner; list ARRAY[0..1] OF Inner; last SINT; word INT',
    );
    deepEqual(problems, []);
    deepEqual(
      spotsOf('DB5.DBX10.0', 'Motor', { symbols: new Map(), templates }).map(
        ([path, start, bit]) => `${path}@${start}.${bit}`,
      ),
      [
        'on@10.0',
        'off@10.1',
        'mode@11.0',
        'speed@12.0',
        'name@16.0',
        'inner.a@22.0',
        'inner.b@23.0',
        'inner.c@24.0',
        'list.0.a@26.0',
        'list.0.b@27.0',
        'list.0.c@28.0',
        'list.1.a@30.0',
        'list.1.b@31.0',
        'list.1.c@32.0',
        'last@34.0',
        'word@36.0',
      ],
    );
  });

  it('does not follow a struct that holds itself', () => {
    const { templates } = parseTemplates('Loop: next Loop; value INT');
    const placed = placeTag('DB1.DBX0.0', 'Loop', { symbols: new Map(), templates });
    ok(!placed.ok && /within themselves/.test(placed.reason));
  });

  it('is found behind its symbol, with the type of the symbol', () => {
    const symbols = new Map([['Motor speed', { name: 'Motor speed', address: '%MD20', type: 'Real' }]]);
    deepEqual(spotsOf('"Motor speed"', '', { symbols, templates: new Map() }), [['', 20, 0, 4, 'REAL']]);
    ok(!placeTag('"Other"', '', { symbols, templates: new Map() }).ok);
  });

  it('names the address of each value in a form that is read as the same place', () => {
    const { templates } = parseTemplates(
      'All: a BOOL; b INT; c STRING[7]; d LREAL; e WSTRING[4]; f DTL; g S5TIME; h BOOL',
    );
    const placed = placeTag('DB3.DBX20.0', 'All', { symbols: new Map(), templates });
    ok(placed.ok);
    for (const { address, span, bit, scalar } of placed.spots) {
      const again = placeTag(address, '', none);
      ok(again.ok, address);
      const [spot] = again.spots;
      deepEqual([spot?.span, spot?.bit, spot?.scalar], [span, bit, scalar]);
    }
    equal(placed.spots.length, 8);
  });
});
