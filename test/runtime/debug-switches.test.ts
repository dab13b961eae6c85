import { deepEqual, equal, notEqual } from 'node:assert/strict';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import { isRecord } from '../../packages/runtime/src/node-red/is-record.ts';
import { type Bulkhead, startBulkhead } from '../support/bulkhead.ts';
import { debug, func, inject, tab } from '../support/compartment.ts';
import { until } from '../support/until.ts';

const flows = [
  tab('t1'),
  inject('tick', 't1', ['pid'], { once: true, repeat: '0.03' }),
  func('pid', 't1', 'return msg;', ['d', 'witness', 'i1']),
  debug('d', 't1'),
  debug('witness', 't1'),
  { id: 's', type: 'subflow', name: 's', in: [{ x: 1, y: 1, wires: [{ id: 'sd' }] }], out: [] },
  debug('sd', 's'),
  { id: 'i1', type: 'subflow:s', z: 't1', x: 1, y: 1, wires: [] },
];

describe('a debug node that was switched off in the editor, and not deployed', function () {
  this.timeout(60_000);
  let bulkhead: Bulkhead;
  let socket: WebSocket;
  let seen: string[] = [];

  before(async () => {
    bulkhead = await startBulkhead({ flows, env: { BULKHEAD_PLANT: 'false', BULKHEAD_DEMO: 'false' } });
    await connect();
    await shows('d', 'witness', 'i1-sd');
  });
  after(async () => {
    socket?.close();
    await bulkhead?.stop();
  });

  /** The front ends with the supervisor, and with it the connection of a browser, which comes again. */
  async function connect(): Promise<void> {
    socket = new WebSocket(`${bulkhead.url.replace('http', 'ws')}/comms`);
    socket.on('message', (data: Buffer) => {
      const messages: unknown = JSON.parse(data.toString());
      for (const message of Array.isArray(messages) ? messages : [messages])
        if (isRecord(message) && message['topic'] === 'debug' && isRecord(message['data']))
          seen.push(String(message['data']['id']));
    });
    await once(socket, 'open');
    socket.send(JSON.stringify({ subscribe: 'debug' }));
  }

  /** The nodes that show messages from now on, and no others, while the witness shows six. */
  async function shows(...ids: string[]): Promise<void> {
    await until(
      async () => {
        seen = [];
        await until(() => seen.filter((id) => id === 'witness').length >= 6, { deadlineMs: 15_000, what: 'messages' });
        return JSON.stringify([...new Set(seen)].toSorted()) === JSON.stringify(ids.toSorted());
      },
      { deadlineMs: 10_000, what: `${ids.join()} show messages, and no others` },
    );
  }
  const post = async (where: string, body: unknown = {}): Promise<number> => {
    const headers = { 'content-type': 'application/json' };
    return (await bulkhead.request(where, { method: 'POST', headers, body: JSON.stringify(body) })).status;
  };
  const crash = async (): Promise<void> => {
    const { pid } = await bulkhead.compartmentOfTab('t1');
    if (typeof pid !== 'number') throw new Error('it does not run');
    seen = [];
    process.kill(pid, 'SIGKILL');
    const now = await until(
      async () => {
        const again = await bulkhead.compartmentOfTab('t1');
        return again.state === 'running' && again.pid !== pid ? again : null;
      },
      { deadlineMs: 20_000, what: 'it runs again' },
    );
    notEqual(now.pid, pid);
  };

  it('is silent, also inside a subflow', async () => {
    equal(await post('/debug/disable', { nodes: ['d', 'i1-sd'] }), 201);
    await shows('witness');
  });

  it('is silent from its first message on after its tab has crashed', async () => {
    await crash();
    await until(() => seen.filter((id) => id === 'witness').length >= 6, { deadlineMs: 15_000, what: 'messages' });
    // Those of the old process that were on their way are from before the switch took effect: there are none.
    deepEqual([...new Set(seen)], ['witness']);
  });

  it('is silent although the supervisor was restarted in between', async () => {
    await bulkhead.kill('supervisor');
    await until(async () => (await bulkhead.compartments()).length === 1, { deadlineMs: 20_000, what: 'supervisor' });
    await connect();
    await crash();
    await shows('witness');
  });

  it('speaks again when it is switched on, and after a deploy that changes it', async () => {
    equal(await post('/debug/i1-sd/enable'), 200);
    await shows('witness', 'i1-sd');
    await bulkhead.deploy([...flows.filter(({ id }) => id !== 'd'), debug('d', 't1', { name: 'new' })], 'nodes');
    await shows('d', 'witness', 'i1-sd');
    await crash();
    await shows('d', 'witness', 'i1-sd');
  });

  it('can be switched while its tab is stopped', async () => {
    const { id } = await bulkhead.compartmentOfTab('t1');
    await post(`/bulkhead/compartments/${id}/stop`);
    await until(async () => (await bulkhead.compartmentOfTab('t1')).state === 'stopped', {
      deadlineMs: 10_000,
      what: 'it is stopped',
    });
    equal(await post('/debug/d/disable'), 201);
    await post(`/bulkhead/compartments/${id}/start`);
    await shows('witness', 'i1-sd');
  });
});
