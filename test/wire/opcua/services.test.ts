import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { systemClock } from '@bulkhead/core';
import { createTraffic } from '@bulkhead/node-kit';
import {
  type AddressSpace,
  DataType,
  StatusCodes,
  type UANonExclusiveLimitAlarm,
  type UAVariable,
  Variant,
  VariantArrayType,
  addAggregateSupport,
  installAggregateConfigurationOptions,
} from 'node-opcua';
import type { OpcuaLink } from '../../../nodes/opcua/src/io/opcua-link.ts';
import { createServices, type Services } from '../../../nodes/opcua/src/io/services.ts';
import { createCaller } from '../../../nodes/opcua/src/opcua-call/caller.ts';
import { readOpcuaEvents } from '../../../nodes/opcua/src/opcua-events/config.ts';
import type { UaEvent } from '../../../nodes/opcua/src/opcua-events/event.ts';
import { createWatcher, type Watcher } from '../../../nodes/opcua/src/opcua-events/watcher.ts';
import { readOpcuaHistory } from '../../../nodes/opcua/src/opcua-history/config.ts';
import { readAll, type TagSummary } from '../../../nodes/opcua/src/opcua-history/read-all.ts';
import { requestOf } from '../../../nodes/opcua/src/opcua-history/request.ts';
import type { Reading } from '../../../nodes/opcua/src/opcua-read/readings.ts';
import { createBrowser } from '../../../nodes/opcua/src/probing/browser.ts';
import { createFaultProxy, type FaultProxy } from '../../support/fault-proxy.ts';
import { createTestLink, row, topic } from '../../support/opcua-reading.ts';
import { createTypedPlant, type TypedPlant } from '../../support/opcua-typed-plant.ts';
import { until } from '../../support/until.ts';

const historyStart = 1_700_000_000_000;

/** A method, an alarm, an event of its own type and a history. */
function addServices(addressSpace: AddressSpace): {
  alarm: UANonExclusiveLimitAlarm;
  level: UAVariable;
  finishBatch(): void;
  uri: string;
  batchTypeId: number;
} {
  addressSpace.installAlarmsAndConditionsService();
  addAggregateSupport(addressSpace);
  const namespace = addressSpace.getOwnNamespace();
  const tank = namespace.addObject({
    organizedBy: addressSpace.rootFolder.objects,
    browseName: 'Tank',
    nodeId: 's=Tank',
    eventSourceOf: addressSpace.rootFolder.objects.server,
  });
  const argument = (name: string, dataType: DataType, valueRank = -1) => ({ name, dataType, valueRank });
  const fill = namespace.addMethod(tank, {
    browseName: 'Fill',
    nodeId: 's=Tank.Fill',
    inputArguments: [
      argument('Level', DataType.Double),
      argument('Batch', DataType.Int16),
      argument('Steps', DataType.UInt32, 1),
    ],
    outputArguments: [argument('Filled', DataType.Double), argument('Id', DataType.Int64)],
  });
  fill.bindMethod((inputs, _context, answer) => {
    const wanted: unknown = inputs[0]?.value;
    if (typeof wanted !== 'number' || wanted > 100) {
      const inputArgumentResults = [StatusCodes.BadOutOfRange, StatusCodes.Good, StatusCodes.Good];
      answer(null, { statusCode: StatusCodes.BadInvalidArgument, inputArgumentResults });
      return;
    }
    const filled = new Variant({ dataType: DataType.Double, value: wanted * 2 });
    const id = new Variant({ dataType: DataType.Int64, arrayType: VariantArrayType.Scalar, value: [0x200000, 1] });
    answer(null, { statusCode: StatusCodes.Good, outputArguments: [filled, id] });
  });
  const level = namespace.addVariable({
    componentOf: tank,
    browseName: 'Level',
    nodeId: 's=Tank.Level',
    dataType: DataType.Double,
  });
  level.setValueFromSource({ dataType: DataType.Double, value: 50 });
  const alarm = namespace.instantiateNonExclusiveLimitAlarm('NonExclusiveLimitAlarmType', {
    browseName: 'LevelAlarm',
    conditionSource: tank,
    inputNode: level,
    highLimit: 80,
    lowLimit: -1_000,
    optionals: ['Confirm', 'ConfirmedState'],
  });
  const batchType = namespace.addEventType({
    browseName: 'BatchEventType',
    subtypeOf: 'BaseEventType',
  });
  namespace.addVariable({
    propertyOf: batchType,
    browseName: 'BatchNumber',
    dataType: DataType.UInt32,
    modellingRule: 'Mandatory',
  });
  const finishBatch = (): void =>
    tank.raiseEvent(batchType, { batchNumber: { dataType: DataType.UInt32, value: 4_711 } });
  const kept = namespace.addVariable({
    organizedBy: addressSpace.rootFolder.objects,
    browseName: 'kept',
    nodeId: 's=kept',
    dataType: DataType.Double,
  });
  addressSpace.installHistoricalDataNode(kept, { maxOnlineValues: 5_000 });
  installAggregateConfigurationOptions(kept, {
    treatUncertainAsBad: true,
    useSlopedExtrapolation: false,
    percentDataBad: 100,
    percentDataGood: 100,
    stepped: false,
  });
  for (let at = 0; at < 2_500; at += 1) {
    kept.setValueFromSource(
      { dataType: DataType.Double, value: at },
      StatusCodes.Good,
      new Date(historyStart + at * 1_000),
    );
  }
  return { alarm, level, finishBatch, uri: namespace.namespaceUri, batchTypeId: Number(batchType.nodeId.value) };
}

describe('OPC UA methods, alarms and history against a node-opcua server', function () {
  this.timeout(60_000);
  let plant: TypedPlant;
  let proxy: FaultProxy;
  let level: UAVariable;
  let finishBatch: () => void;
  let uri: string;
  let batchTypeId: number;
  let link: OpcuaLink;
  let services: Services;

  const setLevel = (value: number): void => level.setValueFromSource({ dataType: DataType.Double, value });
  const connected = () => until(() => link.state.kind === 'connected', { deadlineMs: 20_000, what: 'a connection' });

  before(async () => {
    plant = await createTypedPlant({
      more(addressSpace) {
        ({ level, finishBatch, uri, batchTypeId } = addServices(addressSpace));
      },
    });
  });
  after(async () => {
    await plant?.close();
  });
  beforeEach(async () => {
    proxy = await createFaultProxy(plant.port);
    link = createTestLink(proxy.port, { aliases: [{ alias: 'own', uri }] });
    services = createServices(link);
    link.start();
    await connected();
  });
  afterEach(async () => {
    await link.stop();
    await proxy.close();
  });

  describe('a method', () => {
    const ref = { objectId: 'ns=1;s=Tank', methodId: 'ns=1;s=Tank.Fill' };
    const call = (payload: unknown, defaults: Record<string, unknown> = {}) =>
      createCaller({ ref, defaults, services })(payload);

    it('is called with arguments in order or by name, and answers by name', async () => {
      const answer = { ok: true, outputs: { Filled: 10, Id: 9_007_199_254_740_993n }, status: 'Good' };
      deepEqual(await call([5, 1, [1, 2]]), answer);
      deepEqual(await call({ Steps: [], Batch: 1, Level: 5 }), answer);
      deepEqual(await call({ Level: 5 }, { Batch: 1, Steps: [] }), answer);
    });

    it('is found by browsing, with the names and types of its arguments', async () => {
      const page = await createBrowser(link, new Map()).children('ns=1;s=Tank', ['Tank'], 0);
      if (page.kind !== 'nodes') throw new Error(JSON.stringify(page));
      const fill = page.nodes.find(({ name }) => name === 'Fill');
      deepEqual([fill?.nodeClass, fill?.dataType], ['method', 'Level: Double, Batch: Int16, Steps: UInt32[]']);
    });

    it('is not called with what it does not take, and each argument says why', async () => {
      const faults = async (payload: unknown): Promise<unknown> => {
        const { code, arguments: list } = await call(payload);
        return [code, list?.map(({ name, code: what }) => `${name} ${what}`)];
      };
      deepEqual(await faults({ Level: 'x', Batch: 40_000, Steps: 1 }), [
        'wrong-arguments',
        ['Level wrong-type', 'Batch out-of-range', 'Steps wrong-type'],
      ]);
      deepEqual(await faults({ Level: 1 }), ['wrong-arguments', ['Batch missing', 'Steps missing']]);
      deepEqual(await faults({ Levels: 1 }), ['wrong-arguments', ['Levels unknown']]);
      deepEqual(await faults([1]), ['wrong-arguments', [' wrong-count']]);
    });

    it('tells which argument the server refuses', async () => {
      const { code, status, arguments: list } = await call([500, 1, []]);
      deepEqual([code, status, list?.map(({ name }) => name)], ['refused', 'BadInvalidArgument', ['Level']]);
    });

    it('that the server does not have is said to be unknown', async () => {
      const absent = createCaller({ ref: { ...ref, methodId: '/Objects/1:Tank/1:Empty' }, defaults: {}, services });
      equal((await absent([])).code, 'unknown-method');
    });

    it('whose answer is lost may or may not have been carried out; without a connection nothing is sent', async () => {
      await call([1, 1, []]);
      proxy.stall();
      const lost = call([1, 1, []]);
      equal(['unanswered', 'disconnected'].includes((await lost).code ?? ''), true);
      await proxy.refuse();
      await until(() => link.state.kind !== 'connected', { deadlineMs: 10_000, what: 'the loss' });
      equal((await call([1, 1, []])).code, 'disconnected');
      await proxy.resume();
    });
  });

  describe('alarms', () => {
    let watcher: Watcher;
    let events: Array<UaEvent & { isRefresh: boolean }>;

    const unwanted = (problem: string): void => {
      throw new Error(problem);
    };
    const watch = (node: object = {}, report = unwanted): void => {
      const read = readOpcuaEvents({ publishingMs: 50, ...node });
      if (!read.ok) throw new Error(read.problem);
      events = [];
      watcher = createWatcher({
        config: read.config,
        link,
        clock: systemClock,
        traffic: createTraffic(systemClock),
        emit: (event, isRefresh) => events.push({ ...event, isRefresh }),
        onChange: () => undefined,
        report,
      });
      watcher.start();
    };
    const subscribed = () =>
      until(() => watcher.refresh().then(() => true), { deadlineMs: 10_000, what: 'the subscription' });
    const alarmEvent = (passes: (event: UaEvent & { isRefresh: boolean }) => boolean) =>
      until(() => events.findLast((event) => event.alarm !== undefined && passes(event)), {
        deadlineMs: 10_000,
        what: 'an alarm',
      });

    beforeEach(() => setLevel(50));
    afterEach(() => watcher.stop());

    it('come with their state, are acknowledged and confirmed', async () => {
      watch({ minSeverity: 1, ofType: 'i=2915' });
      await subscribed();
      setLevel(90);
      const raised = await alarmEvent(({ alarm }) => alarm?.isActive === true && !alarm.isAcknowledged);
      match(JSON.stringify(raised.fields['SourceName']), /Tank"$/);
      ok(typeof raised.fields['Severity'] === 'number' && typeof raised.fields['Time'] === 'string');
      const { alarm } = raised;
      if (alarm === undefined) throw new Error('no alarm');
      await services.answerAlarm({ kind: 'acknowledge', ...alarm, comment: 'seen' });
      const acknowledged = await alarmEvent(
        (event) => event.alarm?.isAcknowledged === true && !event.alarm.isConfirmed,
      );
      await services.answerAlarm({
        kind: 'confirm',
        ...alarm,
        eventId: acknowledged.alarm?.eventId ?? '',
        comment: 'done',
      });
      await alarmEvent((event) => event.alarm?.isConfirmed === true);
    });

    it('that are active already come with the subscription and after an outage, told from news', async () => {
      setLevel(95);
      watch();
      await alarmEvent(({ isRefresh, alarm }) => isRefresh && alarm?.isActive === true);
      events.length = 0;
      proxy.cut();
      await alarmEvent(({ isRefresh, alarm }) => isRefresh && alarm?.isActive === true);
    });

    it('of a type come with its fields, both named by the namespace and not by its index', async () => {
      watch({ ofType: `nsu=${uri};i=${batchTypeId}`, fields: 'own:BatchNumber' });
      await subscribed();
      setLevel(90);
      finishBatch();
      const event = await until(() => events.at(0), { deadlineMs: 10_000, what: 'an event' });
      equal(event.fields['own:BatchNumber'], 4_711);
      equal(event.alarm, undefined);
    });

    it('have types and fields that can be listed, down to the state of an alarm', async () => {
      const browser = createBrowser(link, new Map([['own', uri]]));
      const types = await browser.eventTypes();
      ok(types.kind === 'event-types');
      const batch = types.types.find(({ name }) => name === 'BatchEventType');
      const fieldsOf = async (type = ''): Promise<Array<[string, string]>> => {
        const result = await browser.eventFields(type);
        return result.kind === 'event-fields' ? result.fields.map(({ name, dataType }) => [name, dataType]) : [];
      };
      deepEqual((await fieldsOf(batch?.address))[0], ['own:BatchNumber', 'UInt32']);
      const ofAlarm = new Map(await fieldsOf('i=2915'));
      deepEqual(
        ['ActiveState/Id', 'AckedState/Id', 'Severity', 'ShelvingState/CurrentState'].map((name) => ofAlarm.get(name)),
        ['Boolean', 'Boolean', 'UInt16', 'LocalizedText'],
      );
    });

    it('of a type, or with a field, that the server does not have are refused instead of all coming', async () => {
      for (const node of [{ ofType: 'nsu=urn:elsewhere;i=1' }, { fields: 'elsewhere:BatchNumber' }]) {
        const problems: string[] = [];
        watch(node, (problem) => void problems.push(problem));
        await until(() => problems.length > 0, { deadlineMs: 10_000, what: 'a refusal' });
        match(problems.join(), /not of this type or with these fields: status 0x80/);
        await watcher.stop();
      }
    });

    it('below the severity that is wanted do not come', async () => {
      watch({ minSeverity: 1000 });
      await subscribed();
      setLevel(99);
      await watcher.refresh();
      equal(events.filter(({ alarm }) => alarm !== undefined).length, 0);
    });
  });

  describe('history', () => {
    const readBack = async (
      payload: unknown,
      node: object = {},
    ): Promise<{ readings: Reading[]; pages: number; tags: TagSummary[] }> => {
      const read = readOpcuaHistory({ perRequest: 1_000, tags: [row('kept', { unit: 'm' }), row('absent')], ...node });
      if (!read.ok) throw new Error(read.problem);
      const asked = requestOf(payload, read.config, { now: Date.now(), outage: undefined });
      if (!asked.ok) throw new Error(asked.problem);
      const pages: Reading[][] = [];
      const tags = await readAll(asked.request, {
        services,
        mostValues: read.config.mostValues,
        now: Date.now,
        emit: async (readings) => void pages.push(readings),
      });
      return { readings: pages.flat(), pages: pages.length, tags };
    };
    const whole = { from: historyStart, to: historyStart + 2_500_000 };

    it('is read page by page with its own times, and what fails costs its own tag', async () => {
      const { readings, pages, tags } = await readBack(whole);
      deepEqual([readings.length, pages], [2_500, 3]);
      deepEqual(readings[1], {
        topic: topic('kept'),
        value: 1,
        quality: 'good',
        code: 0,
        sourceTime: historyStart + 1_000,
        unit: 'm',
        address: 'ns=1;s=kept',
      });
      deepEqual(
        tags.map(({ values, isComplete, reason }) => [values, isComplete, reason !== undefined]),
        [
          [2_500, true, false],
          [0, false, true],
        ],
      );
    });

    it('is bounded, and says that there was more', async () => {
      const { readings, tags } = await readBack({ ...whole, topics: topic('kept') }, { mostValues: 1_500 });
      deepEqual([readings.length, tags[0]?.isComplete], [1_500, false]);
    });

    it('is read as aggregates', async () => {
      const { readings, tags } = await readBack({
        from: new Date(historyStart).toISOString(),
        to: historyStart + 100_000,
        topics: [topic('kept')],
        mode: 'processed',
        aggregate: 'average',
        intervalMs: 10_000,
      });
      equal(readings.length, 10, JSON.stringify(tags));
      const { value } = readings[0] ?? {};
      ok(typeof value === 'number' && Math.abs(value - 4.5) < 1, JSON.stringify(readings[0]));
    });
  });
});
