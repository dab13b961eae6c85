import { equal, ok } from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@bulkhead/core';
import { createTraffic } from '@bulkhead/node-kit';
import { createServices } from '../../../nodes/opcua/src/io/services.ts';
import { createCaller } from '../../../nodes/opcua/src/opcua-call/caller.ts';
import { readOpcuaEvents } from '../../../nodes/opcua/src/opcua-events/config.ts';
import { createWatcher } from '../../../nodes/opcua/src/opcua-events/watcher.ts';
import { createTestLink } from '../../support/opcua-reading.ts';
import { until } from '../../support/until.ts';
import { startPlant } from './plant-process.ts';

describe('the OPC UA services of the plant', function () {
  this.timeout(60_000);
  const directory = mkdtempSync(path.join(tmpdir(), 'bh-plant-'));
  after(() => rmSync(directory, { recursive: true, force: true }));

  it('calculate, remember the level and raise its alarm', async () => {
    const plant = await startPlant([
      ...['--pki', path.join(directory, 'pki'), '--log', path.join(directory, 'log')],
      ...[
        '--seed',
        '3',
        '--speed',
        '20',
        '--opcua-port',
        '0',
        '--modbus-capper-port',
        '0',
        '--modbus-labeller-port',
        '0',
      ],
    ]);
    const link = createTestLink(Number(new URL(plant.opcuaUrl).port), { timeoutMs: 5_000 });
    try {
      link.start();
      await until(() => link.state.kind === 'connected', { deadlineMs: 20_000, what: 'a connection' });
      const services = createServices(link);
      const call = createCaller({
        ref: { objectId: 'ns=1;s=Tank', methodId: 'ns=1;s=Tank.TimeToEmpty' },
        defaults: {},
        services,
      });
      const { outputs } = await call(50);
      ok(Number(outputs?.['Minutes']) > 0, JSON.stringify(outputs));
      equal((await call(-1)).status, 'BadInvalidArgument');
      const details = { kind: 'raw', from: 0, to: Date.now() + 60_000, perRequest: 10 } as const;
      // The plant has only just begun to remember.
      const isPageFull = async (): Promise<boolean> => {
        const [page] = await services.readHistory([{ nodeId: 'ns=1;s=Tank.Level' }], details);
        ok(page?.ok === true);
        return page.values.length === 10;
      };
      await until(isPageFull, { deadlineMs: 20_000, what: 'a full page of its history', everyMs: 100 });
      const read = readOpcuaEvents({ ofType: 'i=2915' });
      if (!read.ok) throw new Error(read.problem);
      const raised: string[] = [];
      const watcher = createWatcher({
        config: read.config,
        link,
        clock: systemClock,
        traffic: createTraffic(systemClock),
        emit: ({ alarm }) => raised.push(alarm?.conditionId ?? ''),
        onChange: () => undefined,
        report: (problem) => raised.push(problem),
      });
      watcher.start();
      await until(() => raised.includes('ns=1;s=Tank.LevelAlarm'), {
        deadlineMs: 30_000,
        what: 'an alarm of the level',
      });
      await watcher.stop();
    } finally {
      await link.stop();
      await plant.stop('SIGKILL');
    }
  });
});
