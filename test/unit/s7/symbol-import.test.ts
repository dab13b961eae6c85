import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import { importSymbols } from '../../../nodes/s7/src/symbol-import/import-symbols.ts';
import { symbolRows } from '../../../nodes/s7/src/symbol-import/symbol-rows.ts';
import { segmentOf } from '../../../packages/node-kit/src/editor/topics.ts';
import { formatSymbolLines, parseSymbolLines } from '../../../nodes/s7/src/protocol/symbol-lines.ts';
import { parseTopic } from '@bulkhead/core';

/** A zip archive as Excel and TIA Portal write them: deflated, with a list of files at its end. */
function zip(files: Record<string, string>): Uint8Array {
  const locals: Buffer[] = [];
  const central: Buffer[] = [];
  let at = 0;
  for (const [name, text] of Object.entries(files)) {
    const packed = deflateRawSync(Buffer.from(text));
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(8, 8);
    local.writeUInt32LE(packed.length, 18);
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(at, 42);
    locals.push(local, Buffer.from(name), packed);
    central.push(entry, Buffer.from(name));
    at += local.length + name.length + packed.length;
  }
  const list = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(files).length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, list, end]);
}

const shared = [
  'Name',
  'Path',
  'Data Type',
  'Logical Address',
  'Comment',
  'Motor &amp; pump',
  'Default tag table',
  'Real',
  '%MD20',
  'Running',
  'Bool',
  '%I0.1',
  'Constant',
  'Int',
  'Clock',
];
const workbook = {
  '[Content_Types].xml': '<Types/>',
  'xl/sharedStrings.xml': `<?xml version="1.0"?><sst>${shared.map((text) => `<si><t xml:space="preserve">${text}</t></si>`).join('')}</sst>`,
  'xl/worksheets/sheet1.xml': `<worksheet><sheetData>
    <row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c><c r="D1" t="s"><v>3</v></c><c r="E1" t="s"><v>4</v></c></row>
    <row r="2"><c r="A2" t="s"><v>5</v></c><c r="B2" t="s"><v>6</v></c><c r="C2" t="s"><v>7</v></c><c r="D2" t="s"><v>8</v></c><c r="E2"/></row>
    <row r="3"><c r="A3" t="s"><v>9</v></c><c r="C3" t="s"><v>10</v></c><c r="D3" t="s"><v>11</v></c></row>
    <row r="4"><c r="A4" t="s"><v>12</v></c><c r="C4" t="s"><v>13</v></c><c r="D4"><v>42</v></c></row>
    <row r="5"><c r="A5" t="inlineStr"><is><t>Inline</t></is></c><c r="C5" t="s"><v>13</v></c><c r="D5" t="inlineStr"><is><t>%MW4</t></is></c></row>
  </sheetData></worksheet>`,
};

const bytesOf = (text: string, encoding: BufferEncoding = 'utf8'): Uint8Array => Buffer.from(text, encoding);

describe('The import of symbols', () => {
  it('reads the tag table that TIA Portal exports as a workbook', async () => {
    deepEqual(await importSymbols(zip(workbook)), [
      { name: 'Motor & pump', address: '%MD20', type: 'Real' },
      { name: 'Running', address: '%I0.1', type: 'Bool' },
      { name: 'Inline', address: '%MW4', type: 'Int' },
    ]);
  });

  it('reads the same table as text, with English or German headings', async () => {
    const expected = [{ name: 'Motor', address: '%MD20', type: 'Real' }];
    deepEqual(
      await importSymbols(bytesOf('Name;Path;Data Type;Logical Address\nMotor;Default;Real;%MD20\n')),
      expected,
    );
    deepEqual(await importSymbols(bytesOf('\uFEFFName,Datentyp,Logische Adresse\n"Motor",Real,%MD20\n')), expected);
  });

  it('reads STEP 7 symbols as sdf, and leaves out what is no memory', async () => {
    const sdf = [
      '"Pumpe läuft             ","E       0.1 ","BOOL      ","Rückmeldung; Klemme 3"',
      '"Drehzahl                ","MD     20   ","REAL      ",""',
      '"Organisation            ","OB      1   ","OB      1 ",""',
      '"Daten                   ","DB     10   ","DB     10 ",""',
      '"Zeit                    ","T       5   ","TIMER     ",""',
    ].join('\r\n');
    deepEqual(await importSymbols(bytesOf(sdf, 'latin1')), [
      { name: 'Pumpe läuft', address: 'E0.1', type: 'BOOL' },
      { name: 'Drehzahl', address: 'MD20', type: 'REAL' },
      { name: 'Zeit', address: 'T5', type: 'TIMER' },
    ]);
  });

  const tables: ReadonlyArray<[what: string, bytes: Uint8Array]> = [
    [
      'separated by semicolons, without headings, in the characters of Windows',
      bytesOf('Pumpe läuft;E       0.1;BOOL;\r\n"Speed; set";MD     20;REAL;x\r\nMain;OB      1;OB 1;\r\n', 'latin1'),
    ],
    [
      'separated by commas, with the headings of the symbol editor',
      bytesOf(
        'Status,Symbol,Adresse,Datentyp,Kommentar\n,Pumpe läuft,E 0.1,BOOL,"a, b"\n,"Speed; set",MD 20,REAL,\n=,Main,OB 1,OB 1,\n',
      ),
    ],
    [
      'separated by tabs, as a spreadsheet saves Unicode text',
      bytesOf('\uFEFFSymbol\tAddress\tData type\nPumpe läuft\tE 0.1\tBOOL\nSpeed; set\tMD 20\tREAL\n', 'utf16le'),
    ],
  ];
  for (const [what, bytes] of tables) {
    it(`reads STEP 7 symbols as csv ${what}`, async () => {
      deepEqual(await importSymbols(bytes), [
        { name: 'Pumpe läuft', address: 'E0.1', type: 'BOOL' },
        { name: 'Speed; set', address: 'MD20', type: 'REAL' },
      ]);
    });
  }

  it('reads a csv that begins with a number, as files with fixed columns do', async () => {
    deepEqual(await importSymbols(bytesOf('1,E 0.1,BOOL,the first of all the pumps of this hall\n')), [
      { name: '1', address: 'E0.1', type: 'BOOL' },
    ]);
  });

  it('reads the tags that TIA Portal exports as sdf', async () => {
    const sdf = [
      '"Motor","%Q4.0","Bool","True","True","False","runs","","True"',
      '"Level","%MD20","Real","True","True","False","","","True"',
    ].join('\r\n');
    deepEqual(await importSymbols(bytesOf(sdf)), [
      { name: 'Motor', address: '%Q4.0', type: 'Bool' },
      { name: 'Level', address: '%MD20', type: 'Real' },
    ]);
  });

  it('reads STEP 7 symbols as asc', async () => {
    const line = (name: string, address: string, type: string): string =>
      `126,${name.padEnd(24)}${address.padEnd(12)}${type.padEnd(10)}comment`;
    deepEqual(
      await importSymbols(
        bytesOf([line('Pump', 'I       0.1', 'BOOL'), line('Main', 'OB      1', 'OB 1')].join('\r\n')),
      ),
      [{ name: 'Pump', address: 'I0.1', type: 'BOOL' }],
    );
  });

  it('rejects a workbook that is cut off or that is none, and finds nothing in other text', async () => {
    const whole = zip(workbook);
    for (const length of [4, 100, whole.length - 30, whole.length - 1])
      await rejects(importSymbols(whole.slice(0, length)));
    await rejects(importSymbols(zip({ 'readme.txt': 'no workbook' })), /no Excel workbook/);
    deepEqual(await importSymbols(bytesOf('a letter\nto nobody')), []);
    deepEqual(await importSymbols(bytesOf('')), []);
  });

  it('refuses a file that grows beyond all measure when it is unpacked', async () => {
    const bomb = zip({ 'xl/worksheets/sheet1.xml': ' '.repeat(70 * 1024 * 1024) });
    ok(bomb.length < 200_000);
    await rejects(importSymbols(bomb), /larger than 64 MB/);
  });
});

describe('Symbols in a tag table', () => {
  it('get topics of their own, that are valid, below those that are there', () => {
    const taken = ['umh.v1.acme.plant1.line1._raw.Motor'];
    const rows = symbolRows(
      [
        { name: 'Motor', address: '%MD20', type: 'Real' },
        { name: 'Pumpe läuft (2)', address: 'E0.1', type: 'BOOL' },
        { name: '温度', address: '%MW4', type: 'Int' },
      ],
      taken,
    );
    deepEqual(
      rows.map(({ topic }) => topic.split('.').at(-1)),
      ['Motor_2', 'Pumpe_laeuft_2', 'tag'],
    );
    for (const { topic } of rows) ok(parseTopic(topic).ok, topic);
  });

  it('are segments of letters, digits, - and _', () => {
    deepEqual(['Größe', 'a.b', '_x_', 'é', 'T-1'].map(segmentOf), ['Groesse', 'a_b', 'x', 'e', 'T-1']);
  });

  it('are kept by the connection as lines, which no name can break', () => {
    const symbols = [
      { name: 'Motor', address: '%MD20', type: 'Real' },
      { name: 'odd\tname\nhere', address: '%M0.1', type: '' },
    ];
    deepEqual(parseSymbolLines(formatSymbolLines(symbols)), [
      symbols[0],
      { name: 'odd name here', address: '%M0.1', type: '' },
    ]);
    equal(parseSymbolLines('no address\n\n').length, 0);
  });
});
