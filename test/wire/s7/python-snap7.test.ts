import { deepEqual, equal } from 'node:assert/strict';
import type { Sample } from '@bulkhead/core';
import { createWriter } from '@bulkhead/node-kit';
import { readS7Write } from '../../../nodes/s7/src/s7-write/config.ts';
import { s7WritePort } from '../../../nodes/s7/src/s7-write/write-port.ts';
import { type PythonPlc, startPythonPlc } from '../../support/python-snap7.ts';
import { linkTo, startReading } from '../../support/s7-house.ts';
import { until } from '../../support/until.ts';

const topic = (name: string): string => `umh.v1.test._raw.${name}`;

describe('S7 nodes against python-snap7, another implementation of the protocol', function () {
  this.timeout(60_000);
  let plc: PythonPlc;

  before(async () => {
    const memory = Buffer.alloc(100);
    memory.writeFloatBE(1.5, 0);
    memory.writeInt16BE(-7, 4);
    memory.writeBigInt64BE(-9_007_199_254_740_993n, 8);
    memory.set([20, 2, 0x68, 0x69], 16);
    plc = await startPythonPlc(memory);
  });

  after(() => plc.close());

  it('read its values, and cost a wrong address its own tag only', async () => {
    const tags = [
      { topic: topic('real'), address: 'DB1,REAL0' },
      { topic: topic('int'), address: 'DB1,INT4' },
      { topic: topic('lint'), address: 'DB1,LINT8' },
      { topic: topic('text'), address: 'DB1,STRING16.20' },
      { topic: topic('beyond'), address: 'DB1,INT98.2' },
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

  it('write values and read them back, by which they notice that its server writes the wrong bit', async () => {
    const read = readS7Write(
      {
        readBack: true,
        tags: [
          { topic: topic('int'), address: 'DB1,INT4' },
          { topic: topic('bit'), address: 'DB1.DBX6.5' },
          { topic: topic('text'), address: 'DB1,STRING16.20' },
        ],
      },
      new Map(),
    );
    if (!read.ok) throw new Error(read.problem);
    const link = linkTo({ port: plc.port, timeoutMs: 2_000 });
    link.start();
    await until(() => link.state.kind === 'connected', { deadlineMs: 5_000, what: 'a connection' });
    const port = s7WritePort({ link, now: Date.now, deadlineMs: read.config.deadlineMs });
    const writer = createWriter({ ...read.config, port });
    const results: unknown[] = [];
    // One by one: its server answers a message of several writes with one result, which counts as garbled here.
    for (const [name, value] of Object.entries({ int: 300, bit: true, text: 'HELLO' })) {
      const sample: Sample = { topic: topic(name), value, quality: 'good', sourceTime: 0 };
      const [result] = await writer.write([sample], Date.now());
      results.push([result?.ok, result?.readBack, result?.code]);
    }
    link.stop();
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
});
