import { deepEqual, ok } from 'node:assert/strict';
import { createManualClock, type Sample } from '@bulkhead/core';
import { createTagValues, createTraffic, type ReadTag } from '@bulkhead/node-kit';
import { readModbusRead } from '../../../nodes/modbus/src/modbus-read/config.ts';
import { readS7Read } from '../../../nodes/s7/src/s7-read/config.ts';

const topic = 'umh.v1.acme._raw.level';
const palettes: ReadonlyArray<[name: string, read: (columns: object) => unknown]> = [
  [
    'S7',
    (columns) => tagOf(readS7Read({ tags: [{ topic, address: 'DB1.DBD0', type: 'REAL', ...columns }] }, new Map())),
  ],
  ['Modbus', (columns) => tagOf(readModbusRead({ tags: [{ topic, address: '0', type: 'float32', ...columns }] }))],
];

type Read = { ok: true; config: { tags: readonly ReadTag[] } } | { ok: false; problem: string };
const tagOf = (read: Read): unknown => (read.ok ? read.config.tags[0]?.filter : read.problem);

/** When and what is sent of these values, one each second. */
function sentOf(filter: NonNullable<ReadTag['filter']>, values: readonly number[]): unknown[] {
  const clock = createManualClock(0);
  const tags: ReadTag[] = [{ topic, address: 'a', filter }];
  const sent: unknown[] = [];
  const taken = createTagValues({
    tags: () => tags,
    staleMs: 0,
    clock,
    traffic: createTraffic(clock),
    sampleTime: clock.now,
    emit: (samples: Sample[]) => sent.push(...samples.map(({ sourceTime, value }) => [sourceTime / 1000, value])),
    onChange: () => {},
  });
  for (const [second, value] of values.entries())
    taken.take([{ topic, value, quality: 'good', sourceTime: second * 1000 }], tags);
  return sent;
}

describe('The filter of a tag', () => {
  for (const [name, filterOf] of palettes) {
    it(`is read from the tag table of ${name}, a deadband in percent by its range`, () => {
      deepEqual(filterOf({}), undefined);
      deepEqual(filterOf({ deadband: '0.5' }), { method: 'deadband', threshold: 0.5 });
      deepEqual(filterOf({ deadband: '2%', range: '-10..40' }), { method: 'deadband', threshold: 1 });
      deepEqual(filterOf({ heartbeatS: '10' }), { method: 'deadband', threshold: 0, maxIntervalMs: 10_000 });
      ok(/row 1: .* percent needs the range/.test(String(filterOf({ deadband: '2%' }))));
      ok(/row 1: heartbeatS/.test(String(filterOf({ heartbeatS: 'often' }))));
    });
  }

  it('lets through what leaves the deadband, and without a heartbeat nothing else', () => {
    deepEqual(sentOf({ method: 'deadband', threshold: 1 }, [5, 5.9, 4.1, 6, 6, 6, 6, 6]), [
      [0, 5],
      [3, 6],
    ]);
  });

  it('lets through a value that stays when its heartbeat is due, counted from what was sent last', () => {
    deepEqual(sentOf({ method: 'deadband', threshold: 1, maxIntervalMs: 3_000 }, [5, 5, 6, 6, 6, 6.5, 6, 6]), [
      [0, 5],
      [2, 6],
      [5, 6.5],
    ]);
  });
});
