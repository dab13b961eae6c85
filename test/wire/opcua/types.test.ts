import { deepEqual, equal, match } from 'node:assert/strict';
import { systemClock } from '@bulkhead/core';
import { createWriter, type WriteResult } from '@bulkhead/node-kit';
import { readOpcuaWrite } from '../../../nodes/opcua/src/opcua-write/config.ts';
import { opcuaWritePort } from '../../../nodes/opcua/src/opcua-write/port.ts';
import { type Reader, row, startReader, topic } from '../../support/opcua-reading.ts';
import { createTypedPlant, type TypedPlant } from '../../support/opcua-typed-plant.ts';
import { until } from '../../support/until.ts';

describe('OPC UA types against a node-opcua server', function () {
  this.timeout(60_000);
  let plant: TypedPlant;
  let reader: Reader | undefined;

  const values = (names: readonly string[]): unknown[] => {
    const own = reader;
    return names.map((name) => {
      const last = own?.last(name);
      return last?.quality === 'good' ? last.value : last?.code;
    });
  };
  const read = async (rows: readonly object[], wanted: readonly string[], node: object = {}): Promise<unknown[]> => {
    reader = startReader(plant.port, rows, node);
    for (const name of wanted) await reader.first(name);
    return values(wanted);
  };

  before(async () => {
    plant = await createTypedPlant();
  });
  after(() => plant?.close());
  afterEach(async () => {
    await reader?.stop();
    reader = undefined;
  });

  for (const mode of ['subscribe', 'poll'] as const) {
    it(`gives the fields of structures as tags of their own (${mode})`, async () => {
      const names = [
        'machine.Name',
        'machine.State',
        'machine.At.X',
        'machine.At.Y',
        'machine.Counts.1',
        'machine.Cycle',
      ];
      deepEqual(
        await read(
          [row('machine'), row('order'), row('choice'), row('points')],
          [...names, 'order.Id', 'order.Note', 'choice.Text', 'points.0.Y'],
          { mode },
        ),
        ['Filler', 2, 1.5, 9_007_199_254_740_993n, 65_535, 12.5, 4, 'rush', 'x', 9_007_199_254_740_993n],
      );
      equal(reader?.last('machine'), undefined);
    });

    it(`gives names of enumerations, whole objects, matrices and parts of arrays (${mode})`, async () => {
      const rows = [
        row('state', { as: 'name' }),
        { ...row('machine', { as: 'name' }), topic: topic('named') },
        { ...row('machine', { as: 'object' }), topic: topic('whole') },
        { ...row('grid', { as: 'object' }), topic: topic('matrix') },
        { ...row('grid', { indexRange: '1,0:2', stepUs: '10' }), topic: topic('second') },
        row('levels', { indexRange: '1:2', scale: '0.1' }),
        row('names'),
      ];
      const wanted = ['state', 'named.State', 'whole', 'matrix', 'second', 'levels.0', 'levels.1', 'names.1'];
      deepEqual(await read(rows, wanted, { mode }), [
        'Running',
        'Running',
        {
          Name: 'Filler',
          State: { value: 2, name: 'Running' },
          At: { X: 1.5, Y: 9_007_199_254_740_993n },
          Counts: [7, 65_535],
          Cycle: 12.5,
        },
        [
          [1, 2, 3],
          [4, 5, 6],
        ],
        [4, 5, 6],
        1.1,
        1.2000000000000002,
        'b',
      ]);
    });
  }

  it('takes NaN for no number, and never for 0', async () => {
    deepEqual(await read([row('nan')], ['nan']), ['not-a-number']);
    const { value, quality } = reader?.last('nan') ?? {};
    deepEqual([value, quality], [null, 'bad']);
  });

  it('turns fields bad that are gone, and good again when they are back', async () => {
    await read([row('order'), row('choice')], ['order.Note', 'choice.Text']);
    plant.set('order', plant.make('Order', { id: 5, amount: 2.5 }));
    plant.set('choice', plant.make('Choice', { number: 3 }));
    await until(() => reader?.last('order.Amount') && reader.last('choice.Number'), {
      deadlineMs: 5_000,
      what: 'the other fields',
    });
    deepEqual(values(['order.Id', 'order.Note', 'order.Amount', 'choice.Number', 'choice.Text']), [
      5,
      'absent',
      2.5,
      3,
      'absent',
    ]);
    plant.set('order', plant.make('Order', { id: 4, note: 'rush' }));
    plant.set('choice', plant.make('Choice', { text: 'x' }));
    await until(
      () => reader?.last('order.Note')?.quality === 'good' && reader.last('choice.Text')?.quality === 'good',
      {
        deadlineMs: 5_000,
        what: 'the first fields',
      },
    );
  });

  it('leaves to the server what it can filter, by an absolute deadband and one in percent of its range', async () => {
    const rows = [
      row('analog', { deadband: '2%' }),
      { ...row('analog', { deadband: '10' }), topic: topic('absolute') },
      { ...row('analog'), topic: topic('all') },
    ];
    await read(rows, ['analog', 'absolute', 'all']);
    for (const value of [101, 103, 106, 115]) {
      plant.set('analog', value);
      await until(() => reader?.last('all')?.value === value, { deadlineMs: 5_000, what: `the value ${value}` });
    }
    plant.set('analog', 100);
    await until(() => reader?.last('all')?.value === 100 && reader.last('absolute')?.value === 100, {
      deadlineMs: 5_000,
      what: 'the last value',
    });
    deepEqual(
      ['analog', 'absolute'].map((name) => reader?.of(name).map(({ value }) => value)),
      [
        [100, 106, 115, 100],
        [100, 115, 100],
      ],
    );
  });

  it('does without a deadband that neither the server nor anybody else can tell, and says so', async () => {
    await read([row('small', { deadband: '10%' }), row('label', { deadband: '5' })], ['small', 'label']);
    plant.set('small', 6);
    plant.set('label', 'y');
    await until(() => reader?.last('small')?.value === 6 && reader.last('label')?.value === 'y', {
      deadlineMs: 5_000,
      what: 'small changes',
    });
    plant.set('small', 5);
    equal(reader?.reports.length, 1);
    match(
      reader?.reports[0] ?? '',
      /the tag umh\.v1\.test\._raw\.small has a deadband in percent of a range that the server does not know: /,
    );
  });

  describe('written', () => {
    const write = async (
      rows: readonly object[],
      wishes: Array<[string, unknown]>,
      node: object = {},
    ): Promise<WriteResult[]> => {
      const read = readOpcuaWrite({ tags: rows, readBack: true, ...node });
      if (!read.ok) throw new Error(read.problem);
      reader ??= startReader(plant.port, [row('label')]);
      await reader.first('label');
      const { link, services } = reader;
      const port = opcuaWritePort({ ...read.config, link, services, now: systemClock.now });
      const writer = createWriter({ ...read.config, port });
      const asked = wishes.map(([name, value]) => ({ topic: topic(name), value, quality: 'good' as const }));
      return writer.write(asked, systemClock.now());
    };

    it('takes values of every type, and reads them back', async () => {
      const wishes: Array<[string, unknown]> = [
        ['small', -5],
        ['wide', 9_007_199_254_740_993n],
        ['float', 0.1],
        ['text', 'Ventil'],
        ['blob', 'AQID'],
        ['time', '2026-01-02T03:04:05.006Z'],
        ['flag', true],
        ['label', 'neu'],
        ['state', 'Broken'],
        [
          'grid',
          [
            [6, 5, 4],
            [3, 2, 1],
          ],
        ],
        ['levels', [1, 2, 3, 4, 5]],
        ['names', ['c', 'd']],
        ['machine', { Name: 'Capper', State: 'Stopped', At: { X: 0, Y: -1n }, Counts: [], Cycle: 1 }],
        ['order', { Id: 7, Amount: 1.5 }],
        ['choice', { Number: 8 }],
        ['points', [{ X: 1, Y: 2 }]],
      ];
      const results = await write(
        wishes.map(([name]) => row(name)),
        wishes,
      );
      deepEqual(
        results.filter(({ ok }) => !ok),
        [],
      );
      deepEqual(results.map(({ readBack }) => readBack).slice(0, 9), [
        -5,
        9_007_199_254_740_993n,
        Math.fround(0.1),
        'Ventil',
        'AQID',
        '2026-01-02T03:04:05.006Z',
        true,
        'neu',
        9,
      ]);
      equal(plant.value('small'), -5);
      equal(results[0]?.old, 5);
    });

    it('refuses what the server does not take, before anything is sent, and writes the rest', async () => {
      const rows = [
        row('small', { min: '-10', max: '100' }),
        row('flag'),
        row('machine'),
        row('absent'),
        row('state'),
        row('levels', { indexRange: '1:2' }),
      ];
      const results = await write(rows, [
        ['small', 40_000],
        ['small', 1.5],
        ['flag', 1],
        ['machine', { Name: 'x' }],
        ['absent', 1],
        ['state', 'Dancing'],
        ['levels', [77, 78]],
        ['small', 7],
      ]);
      deepEqual(
        results.map(({ ok, code }) => (ok ? 'ok' : code)),
        ['out-of-range', 'wrong-type', 'wrong-type', 'wrong-type', 'refused', 'out-of-range', 'ok', 'ok'],
      );
      deepEqual([plant.value('small'), plant.value('levels')], [7, Int16Array.of(1, 77, 78, 4, 5)]);
    });

    it('sends time and status along when that is wanted', async () => {
      const results = await write([row('label')], [['label', 'stamped']], { withStamp: true });
      equal(results[0]?.ok, true);
    });
  });
});
