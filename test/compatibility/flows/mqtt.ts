import type { FlowEntry } from '../../support/bulkhead-http.ts';
import * as n from '../../support/compatibility/nodes.ts';
import type { Driver, Scenario } from '../../support/compatibility/scenario.ts';

export const mqttLogin = { username: 'operator', password: 'a secret of the broker' };

/** A connection with a login; `@address@` keeps topics and client ids of the two that are compared apart. */
const broker = (id: string, more: Readonly<Record<string, unknown>> = {}): FlowEntry =>
  n.config('mqtt-broker', id, {
    broker: '127.0.0.1',
    port: '@mqtt@',
    clientid: '',
    autoConnect: true,
    usetls: false,
    protocolVersion: '4',
    keepalive: '60',
    cleansession: true,
    autoUnsubscribe: true,
    credentials: { user: mqttLogin.username, password: mqttLogin.password },
    ...more,
  });
const mqttIn = (id: string, z: string, to: string, of: string, more: Readonly<Record<string, unknown>>): FlowEntry =>
  n.node('mqtt in', id, z, [to], {
    qos: '1',
    datatype: 'auto-detect',
    nl: false,
    rap: true,
    rh: 0,
    inputs: 0,
    broker: of,
    ...more,
  });
const mqttOut = (
  id: string,
  z: string,
  of: string,
  topic: string,
  more: Readonly<Record<string, unknown>> = {},
): FlowEntry =>
  n.node('mqtt out', id, z, [], {
    topic,
    qos: '1',
    retain: '',
    respTopic: '',
    contentType: '',
    userProps: '',
    correl: '',
    expiry: '',
    broker: of,
    ...more,
  });

const connected = 'node-red:common.status.connected';
const isUp =
  (...ids: readonly string[]) =>
  async ({ shows }: Driver): Promise<void> => {
    for (const id of ids) await shows(id, connected);
  };

export const mqttFlows: readonly Scenario[] = [
  {
    name: 'mqtt carries text, objects, bytes and what is retained from tab to tab',
    outputs: 7,
    flows: [
      broker('ma-b'),
      n.tab('ma1'),
      n.tab('ma2'),
      mqttIn('ma-in', 'ma1', 'ma-d', 'ma-b', { topic: 'c/@address@/a/#' }),
      n.debug('ma-d', 'ma1'),
      n.inject('ma-text', 'ma2', ['ma-out'], { payload: 'text' }),
      n.inject('ma-json', 'ma2', ['ma-out'], { payload: '{"a":[1,null]}', payloadType: 'json' }),
      n.inject('ma-bytes', 'ma2', ['ma-out'], { payload: '[0,255,1]', payloadType: 'bin' }),
      n.inject('ma-kept', 'ma2', ['ma-out'], {
        props: [
          { p: 'payload' },
          { p: 'retain', v: 'true', vt: 'bool' },
          { p: 'topic', v: 'c/@address@/kept', vt: 'str' },
        ],
        payload: '12.5',
        payloadType: 'num',
      }),
      mqttOut('ma-out', 'ma2', 'ma-b', ''),
      n.inject('ma-empty', 'ma2', ['ma-out'], {
        props: [{ p: 'payload' }, { p: 'topic', v: 'c/@address@/a/empty', vt: 'str' }],
        payload: '',
      }),
      n.inject('ma-read', 'ma2', ['ma-late'], {
        props: [
          { p: 'action', v: 'subscribe', vt: 'str' },
          { p: 'topic', v: 'c/@address@/kept', vt: 'str' },
        ],
      }),
      n.node('mqtt in', 'ma-late', 'ma2', ['ma-d2'], {
        inputs: 1,
        topic: '',
        qos: '2',
        datatype: 'utf8',
        broker: 'ma-b',
        nl: false,
        rap: true,
        rh: 0,
      }),
      n.debug('ma-d2', 'ma2'),
    ].map((entry) =>
      'props' in entry && !JSON.stringify(entry['props']).includes('topic')
        ? { ...entry, props: [{ p: 'payload' }, { p: 'topic', v: `c/@address@/a/${entry.id}`, vt: 'str' }] }
        : entry,
    ),
    async drive(driver) {
      await isUp('ma-in', 'ma-out')(driver);
      const { press, came } = driver;
      for (const [index, button] of ['ma-text', 'ma-json', 'ma-bytes', 'ma-kept', 'ma-empty'].entries()) {
        await press(button);
        if (button !== 'ma-kept') await came(index < 3 ? index + 3 : 6);
      }
      await press('ma-read');
    },
  },
  {
    name: 'mqtt subscriptions are made, listed and ended by messages',
    outputs: 7,
    flows: [
      broker('mb-b'),
      n.tab('mb1'),
      n.func('mb-act', 'mb1', 'return { action: msg.topic, topic: msg.payload };', ['mb-in']),
      ...[
        ['subscribe', 'c/@address@/b/+'],
        ['getSubscriptions', ''],
        ['unsubscribe', 'c/@address@/b/+'],
      ].map(([action, payload]) =>
        n.inject(`mb-${action}`, 'mb1', ['mb-act'], {
          topic: action,
          payload,
          props: [{ p: 'payload' }, { p: 'topic', vt: 'str' }],
        }),
      ),
      n.node('mqtt in', 'mb-in', 'mb1', ['mb-d'], {
        inputs: 1,
        topic: '',
        qos: '1',
        datatype: 'json',
        broker: 'mb-b',
        nl: false,
        rap: true,
        rh: 0,
      }),
      n.debug('mb-d', 'mb1'),
      n.inject('mb-go', 'mb1', ['mb-out'], { payload: '{"n":1}' }),
      mqttOut('mb-out', 'mb1', 'mb-b', 'c/@address@/b/x'),
      mqttIn('mb-all', 'mb1', 'mb-d2', 'mb-b', { topic: 'c/@address@/b/x', datatype: 'buffer' }),
      n.debug('mb-d2', 'mb1', { complete: 'payload', targetType: 'msg' }),
    ],
    async drive(driver) {
      const { press, came } = driver;
      await isUp('mb-in', 'mb-all')(driver);
      await press('mb-go');
      await came(3);
      await press('mb-subscribe');
      await press('mb-getSubscriptions');
      await came(4);
      await press('mb-go');
      await came(6);
      await press('mb-unsubscribe');
      await press('mb-getSubscriptions');
      await came(7);
    },
  },
  {
    name: 'an mqtt connection with a client id of its own serves two tabs, and is opened by a message',
    outputs: 3,
    flows: [
      broker('mc-b', { clientid: 'compatibility-@address@', autoConnect: false, cleansession: false }),
      n.tab('mc1'),
      n.tab('mc2'),
      n.inject('mc-connect', 'mc1', ['mc-act']),
      n.func('mc-act', 'mc1', 'return { action: "connect" };', ['mc-out']),
      mqttOut('mc-out', 'mc1', 'mc-b', 'c/@address@/c'),
      n.inject('mc-go', 'mc1', ['mc-out']),
      mqttIn('mc-in', 'mc2', 'mc-d', 'mc-b', { topic: 'c/@address@/c' }),
      n.debug('mc-d', 'mc2'),
    ],
    async drive(driver) {
      await driver.press('mc-connect');
      await isUp('mc-out', 'mc-in')(driver);
      await driver.press('mc-go');
    },
  },
];
