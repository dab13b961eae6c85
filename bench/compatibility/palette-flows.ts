/** One flow for each palette of others, against a counterpart where there is one. */
import type { FlowEntry } from '../../test/support/bulkhead-http.ts';
import * as n from '../../test/support/compatibility/nodes.ts';
import type { Driver, Scenario } from '../../test/support/compatibility/scenario.ts';
import { dashboard } from '../../test/support/dashboard-flow.ts';
import { startHttpSink, startMailSink } from './sinks.ts';

const portOf = ({ place }: Driver, name: string): number => Number(place[`port-${name}`]);

export const paletteFlows: readonly Scenario[] = [
  {
    name: 'node-red-node-random: a number within its bounds, a whole one, and an error for what is no number',
    outputs: 3,
    normalisers: ['times'],
    flows: [
      n.tab('ra1'),
      n.inject('ra-whole', 'ra1', ['ra-r']),
      n.node('random', 'ra-r', 'ra1', ['ra-f'], { low: 7, high: 7, inte: 'true', property: 'payload' }),
      n.inject('ra-part', 'ra1', ['ra-r2']),
      n.node('random', 'ra-r2', 'ra1', ['ra-f'], { low: '1', high: '2', inte: 'false', property: 'payload' }),
      n.func('ra-f', 'ra1', 'msg.payload = [typeof msg.payload, Math.floor(msg.payload)]; return msg;', ['ra-d']),
      n.debug('ra-d', 'ra1'),
      n.inject('ra-none', 'ra1', ['ra-r3'], { props: [{ p: 'from', v: 'none', vt: 'str' }] }),
      n.node('random', 'ra-r3', 'ra1', ['ra-f'], { low: '', high: '', inte: 'true', property: 'payload' }),
    ],
    async drive({ press, came }) {
      for (const [index, button] of ['ra-whole', 'ra-part', 'ra-none'].entries()) {
        await press(button);
        await came(index + 1);
      }
    },
  },
  {
    name: 'node-red-contrib-cron-plus: fires every second',
    outputs: 2,
    endless: true,
    // The status is the time of the last firing.
    countedOnly: ['status of cp-c'],
    flows: [
      n.tab('cp1'),
      n.node('cronplus', 'cp-c', 'cp1', ['cp-f'], {
        outputField: 'payload',
        timeZone: '',
        commandResponseMsgOutput: 'output1',
        outputs: 1,
        options: [
          {
            expressionType: 'cron',
            name: 'tick',
            topic: 'a tick',
            payload: 'now',
            payloadType: 'str',
            type: 'str',
            expression: '* * * * * *',
            location: '',
            offset: '0',
            solarType: 'all',
            solarEvents: 'sunrise,sunset',
          },
        ],
      }),
      n.func(
        'cp-f',
        'cp1',
        'return { topic: msg.topic, payload: msg.payload, about: Object.keys(msg).sort(), name: msg.cronplus?.config?.name };',
        ['cp-d'],
      ),
      n.debug('cp-d', 'cp1'),
    ],
  },
  {
    name: 'node-red-contrib-influxdb: writes points',
    outputs: 2,
    flows: [
      n.tab('fx1'),
      n.config('influxdb', 'fx-db', {
        hostname: '127.0.0.1',
        port: '@port-influx@',
        protocol: 'http',
        database: 'plant',
        name: 'db',
        usetls: false,
        tls: '',
        influxdbVersion: '1.x',
        url: '',
        rejectUnauthorized: true,
        credentials: { username: 'writer', password: 'a secret' },
      }),
      n.node('influxdb out', 'fx-out', 'fx1', [], {
        influxdb: 'fx-db',
        measurement: 'line 1',
        precision: '',
        retentionPolicy: '',
        database: '',
        precisionV18FluxV20: 'ms',
        retentionPolicyV18Flux: '',
        org: '',
        bucket: '',
      }),
      n.inject('fx-one', 'fx1', ['fx-out'], { payload: '42.5', payloadType: 'num' }),
      n.inject('fx-tags', 'fx1', ['fx-out'], {
        payload: '[{"speed":1,"state":"up","time":1},{"machine":"filler"}]',
        payloadType: 'json',
      }),
    ],
    async drive(driver) {
      const sink = await startHttpSink(portOf(driver, 'influx'), (what, body) =>
        driver.add('the database', { what, body }),
      );
      try {
        await driver.press('fx-one');
        await driver.came(1);
        await driver.press('fx-tags');
        await driver.came(2);
      } finally {
        await sink.close();
      }
    },
  },
  {
    name: 'node-red-node-email: sends a mail',
    outputs: 1,
    normalisers: ['mails'],
    flows: [
      n.tab('em1'),
      n.node('e-mail', 'em-out', 'em1', [], {
        server: '127.0.0.1',
        port: '@port-smtp@',
        secure: false,
        tls: false,
        authtype: 'NONE',
        name: 'operator@example.org',
        dname: '',
      }),
      n.inject('em-go', 'em1', ['em-out'], {
        props: [{ p: 'payload' }, { p: 'topic', vt: 'str' }, { p: 'from', v: 'plant@example.org', vt: 'str' }],
        topic: 'the filler stands',
        payload: 'since a minute',
      }),
    ],
    async drive(driver) {
      const sink = await startMailSink(portOf(driver, 'smtp'), (lines) => driver.add('the mail', lines));
      try {
        await driver.press('em-go');
        await driver.came(1);
      } finally {
        await sink.close();
      }
    },
  },
  {
    name: 'node-red-contrib-opcua: reads and writes a variable of a server',
    outputs: 5,
    normalisers: ['times', 'stacks'],
    flows: [
      n.tab('ua3'),
      n.config('OpcUa-Endpoint', 'ou-e', {
        endpoint: 'opc.tcp://127.0.0.1:@opcua@',
        secpol: 'None',
        secmode: 'None',
        none: true,
        login: false,
        usercert: false,
        usercertificate: '',
        userprivatekey: '',
      }),
      ...['read', 'write'].map((action) =>
        n.node('OpcUa-Client', `ou-${action}`, 'ua3', ['ou-f', [], []], {
          endpoint: 'ou-e',
          action,
          deadbandtype: 'a',
          deadbandvalue: 1,
          time: 10,
          timeUnit: 's',
          certificate: 'n',
          localfile: '',
          localkeyfile: '',
          securitymode: 'None',
          securitypolicy: 'None',
          useTransport: false,
          maxChunkCount: 1,
          maxMessageSize: 8192,
          receiveBufferSize: 8192,
          sendBufferSize: 8192,
          setstatusandtime: false,
          keepsessionalive: false,
        }),
      ),
      n.inject('ou-get', 'ua3', ['ou-read'], { props: [{ p: 'topic', vt: 'str' }], topic: 'ns=1;s=speed' }),
      n.inject('ou-set', 'ua3', ['ou-write'], {
        props: [{ p: 'payload' }, { p: 'topic', vt: 'str' }, { p: 'datatype', v: 'Double', vt: 'str' }],
        topic: 'ns=1;s=speed',
        payload: '2.5',
        payloadType: 'num',
      }),
      n.func('ou-f', 'ua3', 'return { topic: msg.topic, payload: msg.payload, datatype: msg.datatype };', ['ou-d']),
      n.debug('ou-d', 'ua3'),
    ],
    async drive({ press, came }) {
      // Each of the two clients warns that it is nobody.
      await came(2);
      for (const [index, button] of ['ou-get', 'ou-set', 'ou-get'].entries()) {
        await press(button);
        await came(index + 3);
      }
    },
  },
  {
    name: 'node-red-contrib-s7: says that there is no PLC',
    outputs: 1,
    endless: true,
    normalisers: ['times', 'stacks'],
    flows: [
      n.tab('s71'),
      n.config('s7 endpoint', 's7-e', {
        transport: 'iso-on-tcp',
        address: '127.0.0.1',
        port: '@port-plc@',
        rack: '0',
        slot: '1',
        localtsaphi: '01',
        localtsaplo: '00',
        remotetsaphi: '01',
        remotetsaplo: '00',
        connmode: 'rack-slot',
        adapter: '',
        busaddr: '2',
        cycletime: '1000',
        timeout: '2000',
        verbose: 'default',
        vartable: [{ addr: 'DB1,REAL0', name: 'speed' }],
      }),
      n.node('s7 in', 's7-in', 's71', ['s7-d'], { endpoint: 's7-e', mode: 'single', variable: 'speed', diff: true }),
      n.debug('s7-d', 's71'),
    ],
    drive: () => Promise.resolve(),
  },
  {
    name: 'node-red-contrib-kafka-manager: says that there is no broker',
    outputs: 1,
    endless: true,
    normalisers: ['times', 'stacks'],
    flows: [
      n.tab('ka1'),
      n.config('Kafka Broker', 'ka-b', {
        name: 'broker',
        hosts: [{ host: '127.0.0.1', port: '@port-kafka@' }],
        hostsEnvVar: '',
        connectTimeout: '2000',
        requestTimeout: '2000',
        autoConnect: 'true',
        idleConnection: '5',
        reconnectOnIdle: 'true',
        maxAsyncRequests: '10',
        checkInterval: '10',
        selfSign: false,
        usetls: false,
        useCredentials: false,
      }),
      n.node('Kafka Producer', 'ka-p', 'ka1', [], {
        broker: 'ka-b',
        topic: 'plant',
        topicDeadletter: 'deadletter',
        topicSlash2dot: false,
        requireAcks: 1,
        ackTimeoutMs: 100,
        partitionerType: 0,
        key: '',
        keyType: 'str',
        partition: 0,
        attributes: 0,
        connectionType: 'Producer',
        convertFromJson: false,
        nodeQSize: 1000,
        compressionType: 'none',
      }),
      n.inject('ka-go', 'ka1', ['ka-p']),
    ],
    drive: ({ press }) => press('ka-go'),
  },
  {
    name: '@flowfuse/node-red-dashboard: serves its page, its set-up and its socket',
    outputs: 3,
    normalisers: ['sessions'],
    flows: [
      ...dashboard('da'),
      n.tab('da1'),
      n.node('ui-text', 'da-text', 'da1', [], {
        group: 'da-group',
        order: 1,
        width: 0,
        height: 0,
        label: 'speed',
        format: '{{msg.payload}}',
        layout: 'row-left',
        style: false,
      }),
      n.node('ui-button', 'da-button', 'da1', ['da-d'], {
        group: 'da-group',
        order: 2,
        width: 0,
        height: 0,
        label: 'press',
        passthru: false,
        payload: 'pressed',
        payloadType: 'str',
        topic: 'topic',
        topicType: 'msg',
      }),
      n.inject('da-go', 'da1', ['da-text']),
      n.debug('da-d', 'da1'),
    ] satisfies FlowEntry[],
    async drive({ press, ask }) {
      await press('da-go');
      await ask('/dashboard/page');
      await ask('/dashboard/_setup');
      await ask('/dashboard/socket.io/?EIO=4&transport=polling');
    },
  },
];
