import { deepEqual, equal } from 'node:assert/strict';
import { control } from '@bulkhead/node-kit';
import { DataType } from 'node-opcua';
import { readTags } from '../../../nodes/opcua/src/opcua-read/config.ts';
import { createOpcuaPlant, type OpcuaPlant } from '../../support/opcua-plant.ts';
import { type Reader, row, startReader } from '../../support/opcua-reading.ts';
import { until } from '../../support/until.ts';

describe('an OPC UA subscription', function () {
  this.timeout(20_000);
  let plant: OpcuaPlant;
  let reader: Reader;

  before(async () => {
    const one = { dataType: DataType.Double, value: 0 };
    plant = await createOpcuaPlant({ variables: { fast: one, slow: one, last: one } });
    const rows = [
      row('fast', { samplingMs: '50', queueSize: '500' }),
      row('slow', { samplingMs: '60000', queueSize: '1' }),
      row('last', { samplingMs: '0', queueSize: '7' }),
    ];
    reader = startReader(plant.port, rows);
    await Promise.all(['fast', 'slow', 'last'].map((name) => reader.first(name)));
  });
  after(async () => {
    await reader?.stop();
    await plant?.close();
  });

  it('asks for each tag with its own sampling interval and queue', () => {
    deepEqual(plant.items, [
      { nodeId: 'ns=1;s=fast', samplingMs: 50, queueSize: 500 },
      { nodeId: 'ns=1;s=slow', samplingMs: 60_000, queueSize: 1 },
      { nodeId: 'ns=1;s=last', samplingMs: 0, queueSize: 7 },
    ]);
  });

  it('gives a tag as often as it is sampled', async () => {
    for (const value of [1, 2, 3]) {
      plant.set('fast', value);
      plant.set('slow', value);
      await until(() => reader.last('fast')?.value === value, { deadlineMs: 5_000, what: `the value ${value}` });
    }
    equal(reader.last('slow')?.value, 0);
  });

  it('is sent as often as a message says', async () => {
    equal(await control(reader.subscriber, { command: 'rate', payload: 2_000 }, readTags), undefined);
    await until(() => plant.publishingMs() === 2_000, { deadlineMs: 5_000, what: 'another publishing interval' });
  });
});
