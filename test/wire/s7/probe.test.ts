import { deepEqual, equal, ok } from 'node:assert/strict';
import path from 'node:path';
import { isRecord } from '@bulkhead/core';
import { runProbe } from '@bulkhead/node-kit';
import { createFaultProxy } from '../../support/fault-proxy.ts';
import { freePort } from '../../support/free-port.ts';
import { type S7Plc, startS7Plc } from '../../support/s7-plc.ts';
import { startSmallPlc } from '../../support/small-plc.ts';

const script = path.resolve(import.meta.dirname, '../../../nodes/s7/dist/probe.js');

describe('The probe of the S7 palette', function () {
  this.timeout(60_000);
  let plc: S7Plc;
  const ask = async (question: object, port = plc.port, timeoutMs = 10_000): Promise<Record<string, unknown>> => {
    const connection = { host: '127.0.0.1', port: String(port), plc: 's7-300', timeoutMs: String(timeoutMs) };
    const probed = await runProbe({
      script,
      question: JSON.stringify({ connection, ...question }),
      deadlineMs: 20_000,
    });
    if (!probed.ok) throw new Error(probed.reason);
    const output: unknown = JSON.parse(probed.output);
    return isRecord(output) ? output : {};
  };

  before(async () => {
    plc = await startS7Plc([
      { area: { area: 'DB', db: 1 }, bytes: Buffer.from('3fc00000002a', 'hex') },
      { area: { area: 'DB', db: 20 }, bytes: Buffer.alloc(300) },
    ]);
  });

  after(() => plc.close());

  it('tests a connection: the module, the message size, how long it took', async () => {
    const { ms, ...rest } = await ask({ kind: 'test' });
    deepEqual(rest, { kind: 'connected', module: '6ES7 315-2EH14-0AB0', pduBytes: 960, parallel: 8 });
    ok(Number(ms) > 0);
  });

  it('lists the data blocks with their lengths', async () => {
    deepEqual(await ask({ kind: 'blocks' }), {
      kind: 'blocks',
      blocks: [
        { db: 1, bytes: 6 },
        { db: 20, bytes: 300 },
      ],
    });
  });

  it('reads values, and says of each address that is wrong what is', async () => {
    const tags = [
      { address: 'DB1.DBD0', type: 'REAL' },
      { address: 'nonsense', type: '' },
      { address: 'DB1.DBW4', type: 'INT' },
      { address: 'DB9.DBW4', type: 'INT' },
    ];
    const { values } = await ask({ kind: 'values', tags });
    const list: unknown[] = Array.isArray(values) ? values : [];
    deepEqual(
      list.filter(isRecord).map((value) => value['ok']),
      [true, false, true, false],
    );
    deepEqual(
      list.filter(isRecord).flatMap((value) => (value['ok'] === true ? [value['text']] : [])),
      ['1.5', '42'],
    );
  });

  it('says why there is no connection: nobody there, silence, or no S7', async () => {
    const refused = await ask({ kind: 'test' }, await freePort());
    ok(/ECONNREFUSED/.test(String(refused['reason'])));
    const proxy = await createFaultProxy(plc.port);
    proxy.stall();
    ok(/no connection within 500 ms/.test(String((await ask({ kind: 'test' }, proxy.port, 500))['reason'])));
    await proxy.close();
    const odd = await startSmallPlc('access-denied');
    equal((await ask({ kind: 'blocks' }, odd.port))['kind'], 'blocks');
    await odd.close();
  });

  it('is killed when it does not answer in time, and four run at a time', async () => {
    const proxy = await createFaultProxy(plc.port);
    proxy.stall();
    const question = JSON.stringify({
      kind: 'test',
      connection: { host: '127.0.0.1', port: String(proxy.port), timeoutMs: '60000' },
    });
    const all = await Promise.all(Array.from({ length: 5 }, () => runProbe({ script, question, deadlineMs: 600 })));
    await proxy.close();
    deepEqual(
      all.map((probed) => (probed.ok ? 'answered' : probed.reason)),
      [...Array<string>(4).fill('no answer within 600 ms'), 'too many tests are under way, try again in a moment'],
    );
  });
});
