import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import * as n from '../../support/compatibility/nodes.ts';
import type { Scenario } from '../../support/compatibility/scenario.ts';
import { until } from '../../support/until.ts';

export const socketFlows: readonly Scenario[] = [
  {
    name: 'a websocket listener echoes to the one who asked and tells all from another tab',
    outputs: 4,
    flows: [
      n.tab('wa1'),
      n.tab('wa2'),
      n.config('websocket-listener', 'wa-l', { path: '/wa', wholemsg: 'false' }),
      n.node('websocket in', 'wa-in', 'wa1', ['wa-f'], { server: 'wa-l', client: '' }),
      n.func('wa-f', 'wa1', 'msg.payload = "echo " + msg.payload; return msg;', ['wa-out']),
      n.node('websocket out', 'wa-out', 'wa1', [], { server: 'wa-l', client: '' }),
      n.inject('wa-all', 'wa2', ['wa-out2'], { payload: 'to all' }),
      n.node('websocket out', 'wa-out2', 'wa2', [], { server: 'wa-l', client: '' }),
    ],
    async drive({ subject, press, came, add }) {
      const open = async (name: string): Promise<WebSocket> => {
        const socket = new WebSocket(`${subject.url.replace('http', 'ws')}/wa`);
        socket.on('message', (text: Buffer) => add(name, text.toString()));
        await once(socket, 'open');
        return socket;
      };
      const [first, second] = [await open('first client'), await open('second client')];
      first.send('one');
      await came(1);
      second.send('two');
      await came(2);
      await press('wa-all');
      await came(4);
      for (const socket of [first, second]) socket.terminate();
    },
  },
  {
    name: 'a websocket client of one tab talks to the listener of another',
    outputs: 2,
    // How often the client connected again since the start.
    countedOnly: ['wb-in', 'wb-out', 'wb-send', 'wb-back'].map((id) => `status of ${id}`),
    flows: [
      n.tab('wb1'),
      n.tab('wb2'),
      n.config('websocket-listener', 'wb-l', { path: '/wb', wholemsg: 'true' }),
      n.config('websocket-client', 'wb-c', { path: 'ws://@address@/wb', wholemsg: 'true', hb: '0', tls: '' }),
      n.node('websocket in', 'wb-in', 'wb1', [['wb-d', 'wb-f']], { server: 'wb-l', client: '' }),
      n.debug('wb-d', 'wb1', { complete: 'payload', targetType: 'msg' }),
      n.func('wb-f', 'wb1', 'return { payload: { got: msg.payload }, _session: msg._session };', ['wb-out']),
      n.node('websocket out', 'wb-out', 'wb1', [], { server: 'wb-l', client: '' }),
      n.inject('wb-go', 'wb2', ['wb-send'], { payload: '{"n":1}', payloadType: 'json' }),
      n.node('websocket out', 'wb-send', 'wb2', [], { server: '', client: 'wb-c' }),
      n.node('websocket in', 'wb-back', 'wb2', ['wb-d2'], { server: '', client: 'wb-c' }),
      n.debug('wb-d2', 'wb2', { complete: 'payload', targetType: 'msg' }),
    ],
    async drive({ press, subject }) {
      const connected = (): boolean => {
        const status = JSON.stringify(subject.recording.statuses().get('wb-send'));
        return status !== undefined && status.includes('green');
      };
      await until(connected, { deadlineMs: 20_000, what: `the websocket client of ${subject.kind} is connected` });
      await press('wb-go');
    },
  },
  {
    name: 'a tcp in is answered by a tcp out on another tab',
    outputs: 2,
    flows: [
      n.tab('ta1'),
      n.tab('ta2'),
      n.node('tcp in', 'ta-in', 'ta1', ['ta-out'], {
        server: 'server',
        host: '',
        port: '@port-a@',
        datamode: 'stream',
        datatype: 'utf8',
        newline: '\\n',
        topic: 'plant',
        base64: false,
      }),
      n.linkOut('ta-out', 'ta1', ['ta-l']),
      n.linkIn('ta-l', 'ta2', ['ta-f'], ['ta-out']),
      n.func('ta-f', 'ta2', 'msg.payload = msg.topic + " " + msg.payload.toUpperCase() + "\\n"; return msg;', [
        ['ta-reply', 'ta-d'],
      ]),
      n.node('tcp out', 'ta-reply', 'ta2', [], { beserver: 'reply', host: '', port: '', base64: false, end: false }),
      n.debug('ta-d', 'ta2', { complete: 'payload', targetType: 'msg' }),
    ],
    async drive({ place, add }) {
      const socket = connect(Number(place['port-a']), '127.0.0.1');
      await once(socket, 'connect');
      socket.write('hello\n');
      socket.setEncoding('utf8');
      for await (const answer of socket) {
        add('the answer', answer);
        break;
      }
      socket.destroy();
    },
  },
  {
    name: 'a tcp request waits for a time, a count, a character or nothing',
    outputs: 3,
    flows: [
      n.tab('tb1'),
      n.node('tcp in', 'tb-in', 'tb1', ['tb-f'], {
        server: 'server',
        host: '',
        port: '@port-b@',
        datamode: 'stream',
        datatype: 'buffer',
        newline: '',
        topic: '',
        base64: false,
      }),
      n.func('tb-f', 'tb1', 'msg.payload = Buffer.concat([msg.payload, Buffer.from(";and more")]); return msg;', [
        'tb-reply',
      ]),
      n.node('tcp out', 'tb-reply', 'tb1', [], { beserver: 'reply', host: '', port: '', base64: false, end: false }),
      n.inject('tb-go', 'tb1', [['tb-time', 'tb-count', 'tb-char', 'tb-now']]),
      ...[
        ['time', '500'],
        ['count', '3'],
        ['char', ';'],
        ['immed', '0'],
      ].map(([out, splitc]) =>
        n.node('tcp request', `tb-${out === 'immed' ? 'now' : out}`, 'tb1', [`tb-d-${out}`], {
          server: '127.0.0.1',
          port: '@port-b@',
          out,
          splitc,
          ret: 'string',
          newline: '',
          trim: false,
          tls: '',
        }),
      ),
      ...['time', 'count', 'char', 'immed'].map((out) =>
        n.debug(`tb-d-${out}`, 'tb1', { complete: 'payload', targetType: 'msg' }),
      ),
    ],
  },
  {
    name: 'udp goes out and comes in, as text and as bytes',
    outputs: 2,
    flows: [
      n.tab('ua1'),
      n.tab('ua2'),
      n.inject('ua-go', 'ua1', ['ua-out']),
      n.node('udp out', 'ua-out', 'ua1', [], {
        addr: '127.0.0.1',
        port: '@port-u@',
        outport: '',
        iface: '',
        ipv: 'udp4',
        base64: false,
        multicast: 'false',
      }),
      n.node('udp in', 'ua-in', 'ua2', ['ua-d'], {
        group: '',
        port: '@port-u@',
        iface: '',
        ipv: 'udp4',
        multicast: 'false',
        datatype: 'buffer',
      }),
      n.debug('ua-d', 'ua2', { complete: 'payload', targetType: 'msg' }),
    ],
    async drive({ press, place, came, subject }) {
      const bound = new RegExp(`udp listener at \\S*:${place['port-u']}`);
      await until(() => subject.logged(bound), { deadlineMs: 20_000, everyMs: 200, what: 'the udp port is bound' });
      await press('ua-go');
      await came(1);
      const socket = createSocket('udp4');
      await new Promise((resolve) =>
        socket.send(Buffer.from([1, 2, 250]), Number(place['port-u']), '127.0.0.1', resolve),
      );
      socket.close();
    },
  },
];
