import { deepEqual, ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isRecord } from '@bulkhead/core';
import { freePort } from '../../support/free-port.ts';
import { type RunningFlow, startFlow } from '../../support/flow.ts';
import { until } from '../../support/until.ts';

const types = ['modbus/modbus-connection', 'modbus/modbus-read', 'modbus/modbus-write', 'modbus/modbus-server'];
const folder = path.resolve(import.meta.dirname, '../../../nodes/modbus/examples');

/** An example with a port of its own, its debug nodes in place of which messages are kept, and without its inject nodes. */
async function start(file: string): Promise<RunningFlow> {
  const port = await freePort();
  const text = readFileSync(path.join(folder, file), 'utf8').replaceAll(/"port": "150\d"/g, `"port": "${port}"`);
  const flow: unknown = JSON.parse(text);
  const nodes = (Array.isArray(flow) ? flow.filter(isRecord) : []).filter(({ type }) => type !== 'inject');
  return startFlow({
    types,
    flow: nodes.map((node) => ({
      ...node,
      id: String(node['id']),
      type: node['type'] === 'debug' ? 'helper' : String(node['type']),
    })),
  });
}

describe('the examples of the Modbus palette', function () {
  this.timeout(20_000);
  let running: RunningFlow;
  afterEach(() => running.stop());

  const valuesAt = (id: string): Promise<unknown[]> =>
    until(
      () => {
        const payload: unknown = running.received(id).at(-1)?.payload;
        const samples = Array.isArray(payload) ? payload.filter(isRecord) : [];
        return samples.length > 0 && samples.every(({ value }) => value !== null) ? samples : undefined;
      },
      { deadlineMs: 8_000, what: `values at ${id}` },
    ).then((samples) => samples.map(({ value }) => value));

  it('read a tag table from the device that comes with it', async () => {
    running = await start('read-a-tag-table.json');
    deepEqual(await valuesAt('a7d0b1e2b3d40004'), [21.5, 4711, true]);
  });

  it('write a batch to it, and see it come out', async () => {
    running = await start('write-a-batch.json');
    const write = running.node('a7d0b1e2b3d40015');
    const values = { setpoint: 72.5, batch: 4711, start: true };
    const payload = Object.entries(values).map(([name, value]) => ({
      topic: `umh.v1.acme.plant1.line1._raw.${name}`,
      value,
    }));
    // The connection is made when the flow has started.
    await until(
      () => {
        const last: unknown = running.received('a7d0b1e2b3d40016').at(-1)?.payload;
        const results = Array.isArray(last) ? last.filter(isRecord) : [];
        if (results.length > 0 && results.every((result) => result['ok'] === true)) return true;
        write.receive({ payload });
        return undefined;
      },
      { deadlineMs: 8_000, what: 'a batch that is written' },
    );
    ok((await valuesAt('a7d0b1e2b3d40017')).length > 0);
  });
});
