import { deepEqual, equal, ok } from 'node:assert/strict';
import type { Sample } from '@bulkhead/core';
import { createWriter, type WriteResult } from '@bulkhead/node-kit';
import type { Link } from '../../../nodes/s7/src/s7-connection/link.ts';
import { readS7Write } from '../../../nodes/s7/src/s7-write/config.ts';
import { s7WritePort } from '../../../nodes/s7/src/s7-write/write-port.ts';
import { createFaultProxy, type FaultProxy } from '../../support/fault-proxy.ts';
import { linkTo } from '../../support/s7-house.ts';
import { type PlcArea, type PlcMemory, type S7Plc, startS7Plc } from '../../support/s7-plc.ts';
import { until } from '../../support/until.ts';

const topic = (name: string): string => `umh.v1.test._raw.${name}`;
const db = (number: number): PlcArea => ({ area: 'DB', db: number });
const names = ['a', 'b', 'c'];
const table = [
  { topic: topic('a'), address: 'DB1,INT0' },
  { topic: topic('b'), address: 'DB2,INT0' },
  { topic: topic('c'), address: 'DB1,INT2' },
  { topic: topic('text'), address: 'DB1,STRING4.20' },
];
/** DB1 and DB2; the text holds so many characters at most. */
const layout = (textLength: number): PlcMemory[] => {
  const first = Buffer.alloc(100);
  first[4] = textLength;
  return [
    { area: db(1), bytes: first },
    { area: db(2), bytes: Buffer.alloc(10) },
  ];
};
const WRITE = 5;
const sampleOf = (name: string, value: number | string): Sample => ({
  topic: topic(name),
  value,
  quality: 'good',
  sourceTime: 0,
});
const codeOf = ({ ok: isWritten, code }: WriteResult) => (isWritten ? 'ok' : code);

describe('An S7 writer behind a network with faults', function () {
  this.timeout(20_000);
  let plc: S7Plc;
  let proxy: FaultProxy;
  let link: Link;
  /** Done between the reading of the old values and each message that writes. */
  let beforeWrite: () => void;

  const writer = ({ tags = table, deadlineMs = 2_000 }: { tags?: object[]; deadlineMs?: number } = {}) => {
    const read = readS7Write({ tags, deadlineMs, readBack: true }, new Map());
    if (!read.ok) throw new Error(read.problem);
    const asking: Pick<Link, 'ask' | 'state'> = {
      get state() {
        return link.state;
      },
      ask(request, how) {
        if (request.parameters[0] === WRITE) beforeWrite();
        return link.ask(request, how);
      },
    };
    return createWriter({ ...read.config, port: s7WritePort({ link: asking, now: Date.now, deadlineMs }) });
  };
  const write = async (value: number, of = names) =>
    (
      await writer().write(
        of.map((name) => sampleOf(name, value)),
        Date.now(),
      )
    ).map(codeOf);
  const held = async (): Promise<number[]> => {
    const [first, second] = [await plc.get(db(1)), await plc.get(db(2))];
    return [first.readInt16BE(0), second.readInt16BE(0), first.readInt16BE(2)];
  };
  const connected = (): Promise<unknown> =>
    until(() => link.state.kind === 'connected', { deadlineMs: 5_000, what: 'a connection' });

  beforeEach(async () => {
    plc = await startS7Plc(layout(20));
    proxy = await createFaultProxy(plc.port);
    link = linkTo({ port: proxy.port, pduBytes: 240, timeoutMs: 500 });
    beforeWrite = () => {};
  });

  afterEach(async () => {
    link.stop();
    await proxy.close();
    await plc.close();
  });

  it('sends nothing while the PLC is absent, and keeps nothing for later', async () => {
    await proxy.refuse();
    link.start();
    deepEqual(await write(5), ['disconnected', 'disconnected', 'disconnected']);
    await proxy.resume();
    await connected();
    deepEqual(await held(), [0, 0, 0]);
    deepEqual(await write(6), ['ok', 'ok', 'ok']);
    deepEqual(await held(), [6, 6, 6]);
  });

  it('writes outputs, bits, bytes of them, counters and timers, and nothing beside them', async () => {
    const areas: [PlcArea, before: string, after: string][] = [
      [{ area: 'Q' }, '0100ff', '2100fe'],
      [{ area: 'M' }, 'ffffffff', 'ff0007ff'],
      [{ area: 'C' }, '0000', '0123'],
      [{ area: 'T' }, '0000', '2150'],
    ];
    for (const [area, before] of areas) await plc.register(area, Buffer.from(before, 'hex'));
    link.start();
    await connected();
    const tags = { Q: '%Q0.5', low: 'AB2', M: '%MW1', C: 'Z0', T: 'T0' };
    const values = { Q: true, low: 254, M: 7, C: 123, T: 150_000 };
    const results = await writer({
      tags: Object.entries(tags).map(([name, address]) => ({ topic: topic(name), address })),
    }).write(
      Object.entries(values).map(([name, value]) => ({ topic: topic(name), value, quality: 'good' })),
      Date.now(),
    );
    deepEqual(
      results.map(({ code, readBack }) => [code, readBack]),
      Object.values(values).map((value) => [undefined, value]),
    );
    for (const [area, , after] of areas) equal((await plc.get(area)).toString('hex'), after);
  });

  it('writes again after a cut', async () => {
    link.start();
    await connected();
    proxy.cut();
    await until(() => link.reconnects === 1, { deadlineMs: 5_000, what: 'a new connection' });
    deepEqual(await write(6), ['ok', 'ok', 'ok']);
  });

  it('tells of a batch that is cut which values are written, which may be and which are not', async () => {
    const tags = Array.from({ length: 40 }, (_, at) => ({ topic: topic(`n${at}`), address: `DB1,INT${at * 2}` }));
    link.start();
    await connected();
    let messages = 0;
    beforeWrite = () => {
      messages += 1;
      if (messages === 2) proxy.stall();
    };
    const results = await writer({ tags }).write(
      tags.map((_, at) => sampleOf(`n${at}`, 7)),
      Date.now(),
    );
    const codes = results.map(codeOf);
    ok(messages > 2, `${messages} messages`);
    deepEqual([...new Set(codes)], ['not-read-back', 'unanswered', 'disconnected']);
    const first = await plc.get(db(1));
    for (const [at, code] of codes.entries()) {
      // What was acknowledged is there, though it could not be read back any more.
      equal(first.readInt16BE(at * 2), code === 'not-read-back' ? 7 : 0, `n${at}`);
    }
  });

  it('does not say of a write over a pulled cable that it failed or that it worked', async () => {
    link.start();
    await connected();
    beforeWrite = () => proxy.stall();
    deepEqual(await write(5), ['unanswered', 'unanswered', 'unanswered']);
    beforeWrite = () => {};
    await until(() => link.state.kind === 'waiting', { deadlineMs: 5_000, what: 'the end of the connection' });
    deepEqual(await write(6, ['a']), ['disconnected']);
    await proxy.resume();
    // The cable held what was under way: this time the PLC got it.
    await until(async () => (await held())[0] === 5, { deadlineMs: 5_000, what: 'the late write' });
    await connected();
    deepEqual(await write(7), ['ok', 'ok', 'ok']);
    deepEqual(await held(), [7, 7, 7]);
  });

  it('writes again after an outage of many timeouts, and nothing of what was asked for meanwhile', async () => {
    link.start();
    await connected();
    const before = proxy.accepted();
    proxy.stall();
    deepEqual(await write(5), ['disconnected', 'disconnected', 'disconnected']);
    await until(() => proxy.accepted() > before + 2, { deadlineMs: 10_000, what: 'connections that come to nothing' });
    deepEqual(await write(6), ['disconnected', 'disconnected', 'disconnected']);
    await proxy.resume();
    await connected();
    deepEqual(await held(), [0, 0, 0]);
    deepEqual(await write(7), ['ok', 'ok', 'ok']);
  });

  it('takes no garbage for an acknowledgement', async () => {
    link.start();
    await connected();
    for (const garbage of ['HTTP/1.1 400 Bad Request\r\n\r\n', '\u0003\0\0\u0007\u0002']) {
      beforeWrite = () => {
        proxy.stall();
        proxy.garbage(Buffer.from(garbage));
      };
      deepEqual(await write(5), ['unanswered', 'unanswered', 'unanswered']);
      beforeWrite = () => {};
      await proxy.resume();
      await connected();
      deepEqual(await write(6), ['ok', 'ok', 'ok']);
    }
  });

  it('waits for answers that come byte after byte, unless they take longer than the timeout', async () => {
    link.start();
    await connected();
    proxy.drip(2);
    deepEqual(await write(6), ['ok', 'ok', 'ok']);
    beforeWrite = () => proxy.drip(1_000);
    deepEqual(await write(7), ['unanswered', 'unanswered', 'unanswered']);
    proxy.drip(0);
    beforeWrite = () => {};
    await connected();
    deepEqual(await write(8), ['ok', 'ok', 'ok']);
  });

  it('sends nothing that waited longer than its deadline', async () => {
    link.start();
    await connected();
    const [result] = await writer({ deadlineMs: 100 }).write([sampleOf('a', 9)], Date.now() - 200);
    deepEqual([result?.ok, result?.code, result?.old], [false, 'expired', 0]);
    deepEqual(await held(), [0, 0, 0]);
  });

  it('finds out after a restart with other blocks which are there and what fits them, value by value', async () => {
    link.start();
    await connected();
    const samples = [...names.map((name) => sampleOf(name, 7)), sampleOf('text', 'ten chars.')];
    deepEqual((await writer().write(samples, Date.now())).map(codeOf), ['ok', 'ok', 'ok', 'ok']);
    await plc.close();
    plc = await startS7Plc(layout(8).slice(0, 1), { port: plc.port });
    await until(() => link.reconnects > 0 && link.state.kind === 'connected', {
      deadlineMs: 8_000,
      what: 'a connection',
    });
    deepEqual((await writer().write(samples, Date.now())).map(codeOf), ['ok', 'refused', 'ok', 'out-of-range']);
    const first = await plc.get(db(1));
    deepEqual([first.readInt16BE(0), first.readInt16BE(2), first[5]], [7, 7, 0]);
  });
});
