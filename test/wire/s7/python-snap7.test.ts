import { deepEqual, equal } from 'node:assert/strict';
import type { Sample, SampleValue } from '@bulkhead/core';
import { createWriter, type WriteResult } from '@bulkhead/node-kit';
import { readS7Write } from '../../../nodes/s7/src/s7-write/config.ts';
import { s7WritePort } from '../../../nodes/s7/src/s7-write/write-port.ts';
import { type PythonPlc, startPythonPlc } from '../../support/python-snap7.ts';
import { linkTo, startReading } from '../../support/s7-house.ts';
import { until } from '../../support/until.ts';

const topic = (name: string): string => `umh.v1.test._raw.${name}`;
/** From here on in DB1, each type has room for itself. */
const firstByte = 100;
const room = 30;

const types: ReadonlyArray<[type: string, value: SampleValue, getter: string, found: string]> = [
  ['BYTE', 200, 'get_byte', '200'],
  ['WORD', 65_534, 'get_word', '65534'],
  ['DWORD', 4_294_967_294, 'get_dword', '4294967294'],
  ['LWORD', 2n ** 64n - 2n, 'get_lword', '18446744073709551614'],
  ['SINT', -5, 'get_sint', '-5'],
  ['USINT', 250, 'get_usint', '250'],
  ['INT', -300, 'get_int', '-300'],
  ['UINT', 65_000, 'get_uint', '65000'],
  ['DINT', -70_000, 'get_dint', '-70000'],
  ['UDINT', 4_000_000_000, 'get_udint', '4000000000'],
  ['LINT', -(2n ** 53n) - 1n, 'get_lint', '-9007199254740993'],
  ['ULINT', 2n ** 63n + 1n, 'get_ulint', '9223372036854775809'],
  ['REAL', -1.5, 'get_real', '-1.5'],
  ['LREAL', 0.1, 'get_lreal', '0.1'],
  ['CHAR', 'Q', 'get_char', 'Q'],
  ['WCHAR', '€', 'get_wchar', '€'],
  ['STRING[10]', 'recipe 7', 'get_string', 'recipe 7'],
  ['WSTRING[10]', 'Öl €', 'get_wstring', 'Öl €'],
  ['S5TIME', 9_990_000, 'get_s5time', '2:46:30'],
  ['TIME', -90_061_001, 'get_time', '-1:1:1:1.001'],
  ['LTIME', 1_500_000_000n, 'get_ltime', '0:00:01.500000'],
  ['DATE', '2026-06-21', 'get_date', '2026-06-21'],
  ['TOD', 86_399_999, 'get_tod', '23:59:59.999000'],
  ['LTOD', 86_399_999_999_000n, 'get_ltod', '23:59:59.999999'],
  ['DT', '2026-11-21T08:30:15.123', 'get_dt', '2026-11-21T08:30:15.123000'],
  ['LDT', '2026-11-21T08:30:15.123456000', 'get_ldt', '2026-11-21 08:30:15.123456'],
  ['DTL', '2026-11-21T08:30:15.123456000', 'get_dtl', '2026-11-21 08:30:15.123456'],
];
const nameOf = (type: string): string => type.replace(/\[.*/, '');
const byteOf = (index: number): number => firstByte + index * room;

describe('S7 nodes against python-snap7, another implementation of the protocol', function () {
  this.timeout(60_000);
  let plc: PythonPlc;

  before(async () => {
    const memory = Buffer.alloc(byteOf(types.length));
    memory.writeFloatBE(1.5, 0);
    memory.writeInt16BE(-7, 4);
    memory.writeBigInt64BE(-9_007_199_254_740_993n, 8);
    memory.set([20, 2, 0x68, 0x69], 16);
    for (const [index, [type]] of types.entries()) {
      // Of a text the length that the program declared.
      if (type === 'STRING[10]') memory.writeUInt8(10, byteOf(index));
      if (type === 'WSTRING[10]') memory.writeUInt16BE(10, byteOf(index));
    }
    plc = await startPythonPlc(memory);
  });

  after(() => plc.close());

  it('read its values, and cost a wrong address its own tag only', async () => {
    const tags = [
      { topic: topic('real'), address: 'DB1,REAL0' },
      { topic: topic('int'), address: 'DB1,INT4' },
      { topic: topic('lint'), address: 'DB1,LINT8' },
      { topic: topic('text'), address: 'DB1,STRING16.20' },
      { topic: topic('beyond'), address: `DB1,INT${byteOf(types.length) - 2}.2` },
      { topic: topic('absent'), address: 'DB5,INT0' },
    ];
    const reading = startReading({ port: plc.port, timeoutMs: 2_000, node: { tags, maxGap: 200 } });
    await until(() => reading.batches.length > 1, { deadlineMs: 8_000, what: 'two cycles' });
    reading.stop();
    deepEqual(
      reading.batches.at(-1)?.map(({ value, code }) => code ?? value),
      [1.5, -7, -9_007_199_254_740_993n, 'hi', 0, 5, 10],
    );
  });

  /** One by one: its server answers a message of several writes with one result, which counts as garbled here. */
  async function write(tags: readonly object[], values: ReadonlyMap<string, SampleValue>): Promise<WriteResult[]> {
    const read = readS7Write({ readBack: true, tags }, new Map());
    if (!read.ok) throw new Error(read.problem);
    const link = linkTo({ port: plc.port, timeoutMs: 2_000 });
    link.start();
    await until(() => link.state.kind === 'connected', { deadlineMs: 5_000, what: 'a connection' });
    const port = s7WritePort({ link, now: Date.now, deadlineMs: read.config.deadlineMs });
    const writer = createWriter({ ...read.config, port });
    const results: WriteResult[] = [];
    for (const [name, value] of values) {
      const sample: Sample = { topic: topic(name), value, quality: 'good', sourceTime: 0 };
      results.push(...(await writer.write([sample], Date.now())));
    }
    link.stop();
    return results;
  }

  it('write values and read them back, by which they notice that its server writes the wrong bit', async () => {
    const written = await write(
      [
        { topic: topic('int'), address: 'DB1,INT4' },
        { topic: topic('bit'), address: 'DB1.DBX6.5' },
        { topic: topic('text'), address: 'DB1,STRING16.20' },
      ],
      new Map<string, SampleValue>([
        ['int', 300],
        ['bit', true],
        ['text', 'HELLO'],
      ]),
    );
    const results = written.map(({ ok, readBack, code }) => [ok, readBack, code]);
    deepEqual(results, [
      [true, 300, undefined],
      // Its server takes bit 5 of a byte for the byte itself; snap7's does not.
      [false, false, 'read-back-differs'],
      [true, 'HELLO', undefined],
    ]);
    const held = await plc.memory();
    deepEqual([held.readInt16BE(4), held[6]], [300, 1]);
    equal(held.subarray(16, 23).toString('latin1'), '\u0014\u0005HELLO');
  });

  it('write every type as its own decoders read it', async () => {
    const rows = types.map(([type], index) => ({
      topic: topic(nameOf(type)),
      address: `DB1.DBX${byteOf(index)}.0`,
      type,
    }));
    const written = await write(rows, new Map(types.map(([type, value]) => [nameOf(type), value])));
    deepEqual(
      written.map(({ topic: name, reason, readBack }) => [name, reason, readBack]),
      types.map(([type, value]) => [topic(nameOf(type)), undefined, value]),
    );
    const found: string[] = [];
    for (const [index, [, , getter]] of types.entries()) found.push(await plc.found(getter, byteOf(index)));
    deepEqual(
      found,
      types.map(([, , , text]) => text),
    );
  });
});
