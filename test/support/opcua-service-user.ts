import { deepEqual } from 'node:assert/strict';
import { type Sample, systemClock } from '@bulkhead/core';
import { createTraffic, createWriter } from '@bulkhead/node-kit';
import { createCaller } from '../../nodes/opcua/src/opcua-call/caller.ts';
import { readOpcuaEvents } from '../../nodes/opcua/src/opcua-events/config.ts';
import { createWatcher } from '../../nodes/opcua/src/opcua-events/watcher.ts';
import { readOpcuaWrite } from '../../nodes/opcua/src/opcua-write/config.ts';
import { opcuaWritePort } from '../../nodes/opcua/src/opcua-write/port.ts';
import { type Reader, row, startReader, topic } from './opcua-reading.ts';
import { historyStart } from './opcua-services.ts';
import { subscribeTo } from './opcua-subscribing.ts';
import { until } from './until.ts';

export interface ServiceUserOptions {
  port: number;
  connection: object;
  /** The namespace in which `opcua-services.ts` and `asyncua-server.py` have their tank. */
  uri: string;
  /** Makes the server raise an event. */
  raise(): void;
  /** The server can be asked for the state of its alarms. */
  hasConditions: boolean;
}

/** What nodes do with a server, over one connection and without Node-RED. */
export interface ServiceUser {
  /** Polls the temperature. */
  reader: Reader;
  /** Subscribes to it. */
  subscribed(): Sample | undefined;
  written(value: string): Promise<boolean>;
  called(): Promise<boolean>;
  remembered(): Promise<boolean>;
  /** Resolves when each of them has worked from now on. */
  works(): Promise<void>;
  /** Resolves when each has given up, in a bounded time; throws when one is a success. */
  fails(): Promise<void>;
  isStale(): Promise<boolean>;
  stop(): Promise<void>;
}

const within = { deadlineMs: 15_000, everyMs: 50 };

export function startServiceUser({ port, connection, uri, raise, hasConditions }: ServiceUserOptions): ServiceUser {
  const address = (id: string): string => `nsu=${uri};s=${id}`;
  const tag = (name: string): object => row(name, { nodeId: address(`Tank.${name}`) });
  const reader = startReader(port, [tag('Temperature')], { mode: 'poll' }, connection);
  const { link, services } = reader;
  const temperature = address('Tank.Temperature');
  const subscription = subscribeTo(link, [temperature]);
  const subscribed = (): Sample | undefined => subscription.last(temperature);
  const write = readOpcuaWrite({ tags: [tag('Label')], deadlineMs: 2_000 });
  const events = readOpcuaEvents({ publishingMs: 50 });
  if (!write.ok || !events.ok) throw new Error('the nodes are not configured');
  const writer = createWriter({
    ...write.config,
    port: opcuaWritePort({ ...write.config, link, services, now: systemClock.now }),
  });
  const ref = { objectId: address('Tank'), methodId: address('Tank.Double') };
  const call = createCaller({ ref, defaults: {}, services });
  let happened = 0;
  let alarms = 0;
  const watcher = createWatcher({
    config: events.config,
    link,
    clock: systemClock,
    traffic: createTraffic(systemClock),
    emit: ({ fields, alarm }) => {
      if (fields['Message'] === 'batch') happened += 1;
      if (alarm?.isActive === true) alarms += 1;
    },
    onChange: () => undefined,
    report: (problem) => reader.reports.push(problem),
  });
  watcher.start();

  const written = async (value: string): Promise<boolean> => {
    const [result] = await writer.write([{ topic: topic('Label'), value, quality: 'good' }], systemClock.now());
    return result?.ok === true;
  };
  const called = async (): Promise<boolean> => (await call([21])).outputs?.['Doubled'] === 42;
  const remembered = async (): Promise<boolean> => {
    const details = { kind: 'raw', from: historyStart, to: historyStart + 60_000, perRequest: 100 } as const;
    const [page] = await services.readHistory([{ nodeId: address('kept') }], details);
    return page?.ok === true && page.values.length === 10;
  };
  const read = async (): Promise<void> => {
    const from = reader.batches.length;
    const isGood = (): boolean =>
      reader.batches
        .slice(from)
        .flat()
        .some(({ quality, value }) => quality === 'good' && value === 21.5);
    await until(isGood, { ...within, what: 'a polled value' });
    await until(() => subscribed()?.quality === 'good' && subscribed()?.value === 21.5, {
      ...within,
      what: 'a subscribed value',
    });
  };
  const watched = async (): Promise<void> => {
    const before = happened;
    const hasCome = (): boolean => {
      raise();
      return happened > before;
    };
    await until(hasCome, { ...within, what: 'an event' });
    if (!hasConditions) return;
    const known = alarms;
    await until(() => watcher.refresh().then(() => true), { ...within, what: 'a refresh' });
    await until(() => alarms > known, { ...within, what: 'the state of the alarm' });
  };

  return {
    reader,
    subscribed,
    written,
    called,
    remembered,
    async works() {
      await read();
      await until(() => written(`at ${Date.now()}`), { ...within, what: 'a write' });
      await until(called, { ...within, what: 'a call' });
      await until(remembered, { ...within, what: 'a history' });
      await watched();
    },
    async fails() {
      const failing = [written('lost'), called(), remembered()].map((each) => each.catch(() => false));
      deepEqual(await Promise.all(failing), [false, false, false]);
    },
    isStale: () =>
      until(() => reader.last('Temperature')?.quality === 'stale' && subscribed()?.quality === 'stale', {
        deadlineMs: 10_000,
        what: 'stale values',
      }),
    async stop() {
      await watcher.stop();
      await subscription.stop();
      await reader.stop();
    },
  };
}
