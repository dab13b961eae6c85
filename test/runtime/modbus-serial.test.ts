/** A serial line in a house: who may open it, and that it works in a process that may do little else. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { isRecord } from '@bulkhead/core';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { tab } from '../support/compartment.ts';
import { createSerialPair, type SerialPair } from '../support/serial-line.ts';
import { type StatusWatch, watchStatuses } from '../support/status-watch.ts';

const topic = 'umh.v1.test._raw.level';
const row = { topic, area: 'holding', address: '0', type: 'float32' };
const speed = { baudRate: '115200', parity: 'none' };

describe('Modbus over a serial line, in a house', function () {
  this.timeout(90_000);
  let line: SerialPair;
  let bulkhead: Bulkhead;
  let statuses: StatusWatch;

  before(async () => {
    line = await createSerialPair();
    const read = (id: string, z: string) => ({
      id,
      type: 'modbus-read',
      z,
      x: 1,
      y: 1,
      connection: 'a1b2c3d4e5f60101',
      pollMs: '100',
      tags: [row],
      wires: [[], []],
    });
    bulkhead = await startBulkhead({
      env: { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' },
      flows: [
        tab('device'),
        tab('reader'),
        tab('second'),
        {
          id: 'a1b2c3d4e5f60102',
          type: 'modbus-server',
          z: 'device',
          x: 1,
          y: 1,
          mode: 'rtu',
          serialPath: line.far,
          ...speed,
          unitId: '1',
          tags: [{ ...row, initial: '1.5' }],
          wires: [[]],
        },
        {
          id: 'a1b2c3d4e5f60101',
          type: 'modbus-connection',
          mode: 'rtu',
          serialPath: line.near,
          ...speed,
          unitId: '1',
        },
        read('a1b2c3d4e5f60103', 'reader'),
        read('a1b2c3d4e5f60104', 'second'),
      ],
    });
    statuses = watchStatuses(bulkhead.url);
  });

  after(async () => {
    statuses?.close();
    await bulkhead?.stop();
    await line?.close();
  });

  it('is opened once: the tabs that use it share a compartment', async () => {
    const plan: unknown = await (await fetch(`${bulkhead.url}/bulkhead/plan`)).json();
    const compartments =
      isRecord(plan) && Array.isArray(plan['compartments']) ? plan['compartments'].filter(isRecord) : [];
    equal(compartments.length, 2, JSON.stringify(plan));
    ok(JSON.stringify(plan).includes('a serial line can be opened once'));
    deepEqual(isRecord(plan) && plan['conflicts'], []);
  });

  it('is read and served in processes that may load native addons and do nothing else', async () => {
    for (const id of ['a1b2c3d4e5f60103', 'a1b2c3d4e5f60104']) {
      // On a busy machine cycles overrun, which is said in yellow.
      await statuses.until(id, ({ fill, text }) => fill !== 'red' && /^1 tag, \d/.test(text));
    }
    const all: unknown = await (await fetch(`${bulkhead.url}/bulkhead/compartments`)).json();
    const grants = (Array.isArray(all) ? all.filter(isRecord) : []).map(({ grants: granted }) => granted);
    deepEqual(
      grants.filter(isRecord).map(({ unconfinedBecause, allow, write }) => [unconfinedBecause, allow, write]),
      [
        [null, ['addons'], []],
        [null, ['addons'], []],
      ],
    );
  });
});
