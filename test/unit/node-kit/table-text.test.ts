import { deepEqual } from 'node:assert/strict';
import fc from 'fast-check';
import { formatTable, parseTable } from '../../../packages/node-kit/src/editor/table-text.ts';

const columns = ['topic', 'address', 'unit'];

describe('Tables as text', () => {
  const same = [
    { topic: 'a', address: '1', unit: '°C' },
    { topic: 'b', address: '2' },
  ];
  const forms: Array<[string, string]> = [
    ['cells copied from a spreadsheet', 'a\t1\t°C\nb\t2\t\n'],
    ['a CSV file with a header', 'topic,address,unit\r\na,1,°C\r\nb,2,\r\n'],
    ['a header in another order and case', 'Address;UNIT;Topic\n1;°C;a\n2;;b'],
    ['a byte order mark, quotes and empty lines', '\uFEFF"topic","address","unit"\n\n"a","1","°C"\n\n"b","2",""\n'],
    ['columns that are not known', 'topic,comment,address,unit\na,x,1,°C\nb,y,2,'],
  ];
  for (const [what, text] of forms) it(`are read from ${what}`, () => deepEqual(parseTable(text, columns), same));

  it('are separated by what stands between cells, whatever stands in them', () => {
    deepEqual(parseTable('"a; ""b; c""\t",1,m', columns), [{ topic: 'a; "b; c"', address: '1', unit: 'm' }]);
    deepEqual(parseTable('3" pipe\t1\nb\t2\n', columns), [
      { topic: '3" pipe', address: '1' },
      { topic: 'b', address: '2' },
    ]);
  });

  it('keep separators, quotes and line breaks within quotes', () => {
    deepEqual(parseTable('"a,""b""\nc",1,m', columns), [{ topic: 'a,"b"\nc', address: '1', unit: 'm' }]);
  });

  it('are read back as they were written', () => {
    const cell = fc.string({ minLength: 1, unit: 'binary-ascii' }).map((text) => `x${text.replaceAll('\r', '')}x`);
    const row = fc.record({ topic: cell, address: cell, unit: cell });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), (rows) => {
        deepEqual(
          parseTable(formatTable(rows, columns), columns),
          rows.map((entry) => ({ ...entry })),
        );
      }),
      { numRuns: 1_000 },
    );
  });
});
