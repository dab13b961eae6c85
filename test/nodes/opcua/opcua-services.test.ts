import { deepEqual, equal, ok } from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isRecord } from '@bulkhead/core';
import helper from 'node-red-node-test-helper';
import { createFaultProxy } from '../../support/fault-proxy.ts';
import { type RunningFlow, startFlow } from '../../support/flow.ts';
import { addServices, historyStart } from '../../support/opcua-services.ts';
import { createTypedPlant, type TypedPlant } from '../../support/opcua-typed-plant.ts';
import { until } from '../../support/until.ts';

const topic = (name: string): string => `umh.v1.test._raw.${name}`;
const rowOf = (name: string): object => ({ nodeId: `ns=1;s=${name}`, topic: topic(name) });
const types = ['connection', 'read', 'call', 'events', 'history'].map((name) => `opcua/opcua-${name}`);
const helpers = ['samples', 'diagnostics', 'called', 'alarms', 'kept', 'summary', 'errors'];

describe('the opcua-read, -call, -events and -history nodes', function () {
  this.timeout(60_000);
  const userDir = mkdtempSync(path.join(tmpdir(), 'bulkhead-userdir-'));
  let plant: TypedPlant;
  let flow: RunningFlow;
  let remember: ReturnType<typeof addServices>['remember'];

  const start = async (connection: object = {}): Promise<void> => {
    const node = (id: string, more: object): { id: string; type: string } => ({
      id,
      type: `opcua-${id}`,
      ...{ z: 'tab', connection: 'server', ...more },
    });
    flow = await startFlow({
      types,
      flow: [
        { id: 'tab', type: 'tab', label: 'test' },
        {
          id: 'server',
          type: 'opcua-connection',
          endpoint: plant.endpoint,
          timeoutMs: '3000',
          allowWrites: true,
          ...connection,
        },
        node('read', {
          publishingMs: '50',
          diagnosticsS: '1',
          tags: [rowOf('small'), { ...rowOf('machine'), as: 'object' }],
          wires: [['samples'], ['diagnostics']],
        }),
        node('call', { objectId: 'ns=1;s=Tank', methodId: 'ns=1;s=Tank.Double', wires: [['called']] }),
        node('events', { publishingMs: '50', wires: [['alarms']] }),
        node('history', { perRequest: '4', tags: [rowOf('kept')], wires: [['kept'], ['summary']] }),
        ...helpers.map((id) => ({ id, type: 'helper', z: 'tab' })),
        { id: 'catch', type: 'catch', z: 'tab', scope: null, uncaught: false, wires: [['errors']] },
      ],
    });
  };
  const received = (id: string, count = 1) =>
    until(() => (flow.received(id).length >= count ? flow.received(id) : undefined), {
      deadlineMs: 15_000,
      what: `${count} messages at ${id}`,
    });
  const errorCodes = (): unknown[] =>
    flow.received('errors').map((message) => {
      const error: unknown = Reflect.get(message, 'error');
      return isRecord(error) ? error['code'] : undefined;
    });
  const batches = (): Record<string, unknown>[] =>
    flow.received('samples').flatMap(({ payload }) => (Array.isArray(payload) ? payload.filter(isRecord) : []));

  before(async () => {
    helper.settings({ userDir });
    plant = await createTypedPlant({
      more: (addressSpace) => {
        ({ remember } = addServices(addressSpace));
      },
    });
  });
  after(async () => {
    helper.settings({});
    await plant?.close();
    rmSync(userDir, { recursive: true, force: true });
  });
  afterEach(() => flow.stop());

  it('give a whole structure as a message of its own beside the batch, and report on themselves', async () => {
    await start();
    const whole = await until(() => flow.received('samples').find((message) => message.topic === topic('machine')), {
      deadlineMs: 15_000,
      what: 'the structure',
    });
    equal(isRecord(whole.payload) && whole.payload['Name'], 'Filler');
    await until(() => batches().some((sample) => sample['topic'] === topic('small')), {
      deadlineMs: 5_000,
      what: 'the number',
    });
    const [report] = await received('diagnostics');
    const told: unknown = report?.payload;
    ok(isRecord(told));
    deepEqual([told['connection'], told['tags'], told['badTags']], ['connected', 2, 0]);
  });

  it('read what a message commands: add and remove tags, pause, read now, resume', async () => {
    await start();
    await received('samples');
    const send = (message: Record<string, unknown>): void => flow.node('read').receive(message);
    const last = (name: string): unknown => batches().findLast((sample) => sample['topic'] === topic(name))?.['value'];
    send({ command: 'add', payload: rowOf('float') });
    await until(() => last('float') === 0.5, { deadlineMs: 5_000, what: 'the tag that was added' });
    send({ command: 'remove', payload: topic('float') });
    send({ command: 'pause' });
    plant.set('small', 11);
    plant.set('float', 9.5);
    send({ command: 'resume' });
    await until(() => last('small') === 11, { deadlineMs: 5_000, what: 'the value after the pause' });
    equal(last('float'), 0.5);
    const before = batches().length;
    send({ command: 'read' });
    await until(() => batches().length > before, { deadlineMs: 5_000, what: 'a reading' });
    send({ command: 'fly' });
    await until(() => errorCodes().length === 1, { deadlineMs: 3_000, what: 'an error' });
    deepEqual(errorCodes(), ['invalid-command']);
    plant.set('small', 5);
    plant.set('float', 0.5);
  });

  it('call a method, and say what is wrong with its arguments', async () => {
    await start();
    await received('samples');
    const call = flow.node('call');
    call.receive({ payload: { Number: 21 } });
    const [called] = await received('called');
    deepEqual(called?.payload, { Doubled: 42 });
    call.receive({ payload: 'many' });
    const messages = await received('called', 2);
    const told: unknown = messages[1] === undefined ? undefined : Reflect.get(messages[1], 'call');
    deepEqual(isRecord(told) && [told['ok'], told['code']], [false, 'wrong-arguments']);
    await until(() => errorCodes().length === 1, { deadlineMs: 3_000, what: 'an error' });
    deepEqual(errorCodes(), ['call-failed']);
  });

  it('hand on alarms and acknowledge one, by the message that told of it', async () => {
    await start();
    const alarm = await until(
      () => flow.received('alarms').find((message) => isRecord(Reflect.get(message, 'alarm'))),
      {
        deadlineMs: 15_000,
        what: 'an alarm',
      },
    );
    flow.node('events').receive({ ...alarm, command: 'acknowledge', comment: 'seen' });
    const isAcknowledged = (message: object): boolean => {
      const state: unknown = Reflect.get(message, 'alarm');
      return isRecord(state) && state['isAcknowledged'] === true;
    };
    await until(() => flow.received('alarms').some(isAcknowledged), { deadlineMs: 5_000, what: 'its new state' });
    deepEqual(errorCodes(), []);
  });

  it('call and acknowledge nothing while the connection does not allow writes', async () => {
    await start({ allowWrites: false });
    await received('samples');
    flow.node('call').receive({ payload: [1] });
    flow.node('events').receive({ command: 'acknowledge', payload: { conditionId: 'i=1', eventId: 'AQ==' } });
    await until(() => errorCodes().length === 2, { deadlineMs: 3_000, what: 'two errors' });
    deepEqual(errorCodes(), ['writes-off', 'writes-off']);
  });

  it('read history in pages, and sum up', async () => {
    await start();
    await received('samples');
    flow.node('history').receive({ payload: { from: historyStart, to: historyStart + 60_000 } });
    const [summary] = await received('summary');
    const told: unknown = summary?.payload;
    deepEqual(isRecord(told) && told['tags'], [{ topic: topic('kept'), values: 10, isComplete: true }]);
    deepEqual(
      flow.received('kept').map(({ payload }) => Array.isArray(payload) && payload.length),
      [4, 4, 2],
    );
    flow.node('history').receive({ payload: 'outage' });
    await until(() => errorCodes().length === 1, { deadlineMs: 3_000, what: 'an error' });
    deepEqual(errorCodes(), ['invalid-request']);
  });

  it('fill in from the history what an outage left out', async () => {
    const proxy = await createFaultProxy(plant.port);
    try {
      await start({ endpoint: `opc.tcp://127.0.0.1:${proxy.port}`, reconnectFirstMs: '50', reconnectMaxMs: '200' });
      await received('samples');
      await proxy.refuse();
      await until(() => batches().some(({ quality }) => quality === 'stale'), { deadlineMs: 10_000, what: 'stale' });
      const missed = [101, 102, 103];
      for (const value of missed) remember(value, new Date());
      const known = batches().length;
      await proxy.resume();
      await until(() => batches().length > known, { deadlineMs: 15_000, what: 'the end of the outage' });
      flow.node('history').receive({ payload: 'outage' });
      await received('summary');
      const samples: unknown[] = flow
        .received('kept')
        .flatMap(({ payload }): unknown[] => (Array.isArray(payload) ? payload : []));
      deepEqual(
        samples.filter(isRecord).map(({ value }) => value),
        missed,
      );
    } finally {
      await flow.stop();
      await proxy.close();
    }
  });
});
