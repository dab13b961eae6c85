import { deepEqual } from 'node:assert/strict';
import type { Sample } from '@bulkhead/core';
import { createWriter } from '@bulkhead/node-kit';
import type { Outcome } from '../../../nodes/s7/src/s7-connection/request-queue.ts';
import type { LinkState } from '../../../nodes/s7/src/s7-connection/link.ts';
import type { Request } from '../../../nodes/s7/src/protocol/message.ts';
import { readS7Write } from '../../../nodes/s7/src/s7-write/config.ts';
import { s7WritePort } from '../../../nodes/s7/src/s7-write/write-port.ts';

const topic = 'umh.v1.test._raw.count';
const sample = (value: number): Sample => ({ topic, value, quality: 'good', sourceTime: 0 });
const connected: LinkState = { kind: 'connected', agreement: { pduBytes: 240, parallel: 1 } };

/** A PLC of one word, which may not do what it says it does. */
function plcOf({ keeps = true, answers = true, refuses = false } = {}) {
  let word = Buffer.from([0, 41]);
  const written: string[] = [];
  const message = (parameters: number[], data: Buffer): Outcome => ({
    kind: 'answer',
    message: { reference: 1, error: 0, parameters: Buffer.from(parameters), data },
  });
  const link = {
    state: connected,
    ask({ parameters, data }: Request): Promise<Outcome> {
      if (parameters[0] === 4) {
        return Promise.resolve(message([4, 1], Buffer.concat([Buffer.from([0xff, 4, 0, 16]), word])));
      }
      if (!answers) return Promise.resolve({ kind: 'unanswered', reason: 'timeout' });
      if (refuses) return Promise.resolve(message([5, 1], Buffer.from([5])));
      written.push(data.subarray(4).toString('hex'));
      if (keeps) word = Buffer.from(data.subarray(4));
      return Promise.resolve(message([5, 1], Buffer.from([0xff])));
    },
  };
  return { link, written };
}

async function write(plc: ReturnType<typeof plcOf>, values: number[], node: object = {}): Promise<unknown[]> {
  const read = readS7Write({ tags: [{ topic, address: 'DB1,INT0' }], ...node }, new Map());
  if (!read.ok) throw new Error(read.problem);
  const { config } = read;
  const port = s7WritePort({ link: plc.link, now: () => 0, deadlineMs: config.deadlineMs });
  const writer = createWriter({ ...config, port });
  const results = await writer.write(values.map(sample), 0);
  return results.map(({ ok, code, old, readBack }) => [ok ? 'ok' : code, old, readBack]);
}

describe('An S7 writer', () => {
  it('reads the old value, writes, and on request reads back', async () => {
    const plc = plcOf();
    deepEqual(await write(plc, [7]), [['ok', 41, undefined]]);
    deepEqual(await write(plc, [8], { readBack: true }), [['ok', 7, 8]]);
    deepEqual(plc.written, ['0007', '0008']);
  });

  it('reads back what the PLC does not keep, and says so', async () => {
    deepEqual(await write(plcOf({ keeps: false }), [7], { readBack: true }), [['read-back-differs', 41, 41]]);
  });

  it('tells a refusal from a silence, of which nobody knows what it means', async () => {
    deepEqual(await write(plcOf({ refuses: true }), [7]), [['refused', 41, undefined]]);
    deepEqual(await write(plcOf({ answers: false }), [7]), [['unanswered', 41, undefined]]);
  });

  it('sends nothing of what the table forbids', async () => {
    const plc = plcOf();
    const tags = [{ topic, address: 'DB1,INT0', min: '0', max: '10' }];
    deepEqual(await write(plc, [11], { tags }), [['out-of-range', undefined, undefined]]);
    deepEqual(plc.written, []);
  });
});
