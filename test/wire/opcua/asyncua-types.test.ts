import { deepEqual } from 'node:assert/strict';
import { isRecord, systemClock } from '@bulkhead/core';
import { createWriter, type WriteResult } from '@bulkhead/node-kit';
import { createCaller } from '../../../nodes/opcua/src/opcua-call/caller.ts';
import { readOpcuaWrite } from '../../../nodes/opcua/src/opcua-write/config.ts';
import { opcuaWritePort } from '../../../nodes/opcua/src/opcua-write/port.ts';
import { type Asyncua, startTypedAsyncua } from '../../support/asyncua.ts';
import { type Reader, startReader, topic } from '../../support/opcua-reading.ts';
import { until } from '../../support/until.ts';

const row = (name: string, more: object = {}): object => ({
  nodeId: `nsu=urn:bulkhead:asyncua;s=${name}`,
  topic: topic(name),
  ...more,
});

describe('OPC UA types against asyncua', function () {
  this.timeout(60_000);
  let server: Pick<Asyncua, 'port' | 'close'>;
  let reader: Reader;

  const write = async (wishes: Record<string, unknown>): Promise<WriteResult[]> => {
    const read = readOpcuaWrite({ tags: Object.keys(wishes).map((name) => row(name)), readBack: true });
    if (!read.ok) throw new Error(read.problem);
    const { link, services } = reader;
    const port = opcuaWritePort({ ...read.config, link, services, now: systemClock.now });
    const asked = Object.entries(wishes).map(([name, value]) => ({
      topic: topic(name),
      value,
      quality: 'good' as const,
    }));
    return createWriter({ ...read.config, port }).write(asked, systemClock.now());
  };
  const valuesOf = (names: readonly string[]): unknown[] =>
    names.map((name) => {
      const last = reader.last(name);
      return last?.quality === 'good' ? last.value : last?.code;
    });

  before(async () => {
    server = await startTypedAsyncua();
    const rows = [
      row('machine'),
      row('order'),
      row('points'),
      row('state', { as: 'name' }),
      row('grid'),
      row('nan'),
      row('wide'),
      { ...row('machine', { as: 'object' }), topic: topic('whole') },
    ];
    reader = startReader(server.port, rows, {}, { timeoutMs: 5_000 });
  });
  after(async () => {
    await reader?.stop();
    await server?.close();
  });

  it('gives structures, enumerations, matrices and 64-bit integers', async () => {
    const names = [
      'machine.State',
      'machine.At.Y',
      'machine.Counts.1',
      'order.Note',
      'points.0.X',
      'state',
      'grid.1.0',
      'nan',
      'wide',
    ];
    for (const name of names) await reader.first(name);
    deepEqual(valuesOf(names), [
      2,
      9_007_199_254_740_993n,
      65_535,
      'rush',
      1.5,
      'Running',
      3,
      'not-a-number',
      2n ** 63n,
    ]);
    await reader.first('whole');
    const whole: unknown = reader.last('whole')?.value;
    deepEqual(isRecord(whole) && whole['State'], { value: 2, name: 'Running' });
  });

  it('takes structures, arrays of them and enumerations by name, and holds what was written', async () => {
    for (const name of ['machine.Name', 'points.0.X', 'order.Note', 'state', 'wide']) await reader.first(name);
    const results = await write({
      machine: { Name: 'Capper', State: 'Stopped', At: { X: 0.5, Y: -1n }, Counts: [], Cycle: 1 },
      order: { Id: 7, Amount: 1.5 },
      points: [
        { X: 1, Y: 2 },
        { X: 3, Y: 4 },
      ],
      state: 'Broken',
      wide: '18446744073709551615',
    });
    deepEqual(
      results.filter(({ ok }) => !ok),
      [],
    );
    await until(() => reader.last('machine.Name')?.value === 'Capper' && reader.last('points.1.Y')?.value === 4n, {
      deadlineMs: 10_000,
      what: 'what was written',
    });
    deepEqual(valuesOf(['order.Amount', 'order.Note', 'state', 'wide', 'machine.At.Y', 'machine.Counts.1']), [
      1.5,
      'absent',
      'Broken',
      2n ** 64n - 1n,
      -1n,
      'absent',
    ]);
  });

  it('takes a structure for an argument of a method, and gives one back', async () => {
    const ref = { objectId: 'i=85', methodId: 'nsu=urn:bulkhead:asyncua;s=double' };
    const call = createCaller({ ref, defaults: {}, services: reader.services });
    deepEqual((await call({ Point: { X: 1.5, Y: 4 } })).outputs, { Doubled: { X: 3, Y: 8n } });
  });
});
