import { deepEqual } from 'node:assert/strict';
import { BulkheadError } from '@bulkhead/core';
import { createWriter, type WriteResult } from '@bulkhead/node-kit';
import { readOpcuaWrite } from '../../../nodes/opcua/src/opcua-write/config.ts';
import { opcuaWritePort } from '../../../nodes/opcua/src/opcua-write/port.ts';
import type { ValueToWrite, WriteServices } from '../../../nodes/opcua/src/opcua-write/target.ts';
import { knownTypes } from './structure-types.ts';

const topic = 'umh.v1.x._raw.a';
const good = { code: 0, name: 'Good' };

interface Bench {
  sent: ValueToWrite[];
  write(value: unknown, more?: object): Promise<WriteResult | undefined>;
}

function bench(write: WriteServices['write'], node: object = {}, waitMs = 0): Bench {
  const read = readOpcuaWrite({ tags: [{ nodeId: 'ns=1;s=a', topic }], ...node });
  if (!read.ok) throw new Error(read.problem);
  const sent: ValueToWrite[] = [];
  let now = 1_000;
  const services: WriteServices = {
    readTargets(nodes) {
      now += waitMs;
      return Promise.resolve(
        nodes.map(() => ({
          kind: 'target',
          target: {
            type: { type: { kind: 'built-in', type: 'Int16' }, valueRank: -1 },
            types: knownTypes,
            held: { code: 0, type: 'number', isArray: false, value: 5 },
          },
        })),
      );
    },
    write(values) {
      sent.push(...values);
      return write(values);
    },
  };
  const link = { state: { kind: 'connected' } } as const;
  const port = opcuaWritePort({ ...read.config, link, services, now: () => now });
  const writer = createWriter({ ...read.config, port });
  return {
    sent,
    write: async (value, more = {}) => (await writer.write([{ topic, value, quality: 'good', ...more }], 1_000))[0],
  };
}

describe('Writing to an OPC UA server', () => {
  it('says that a write may or may not be done when the connection is lost before the answer', async () => {
    const lost = () => Promise.reject(new BulkheadError('connection-lost', 'cut'));
    deepEqual((await bench(lost).write(7))?.code, 'unanswered');
    const late = () => Promise.reject(new Error('Timeout of the transaction'));
    deepEqual((await bench(late).write(7))?.code, 'unanswered');
  });

  it('says that nothing was sent when there is no connection any more, or the time is over', async () => {
    const none = () => Promise.reject(new BulkheadError('not-connected', 'none'));
    deepEqual((await bench(none).write(7))?.code, 'disconnected');
    const slow = bench(() => Promise.resolve([good]), { deadlineMs: 100 }, 101);
    deepEqual([(await slow.write(7))?.code, slow.sent], ['expired', []]);
  });

  it('gives the word of the server when it refuses a value', async () => {
    const refused = await bench(() => Promise.resolve([{ code: 0x803b_0000, name: 'BadNotWritable' }])).write(7);
    deepEqual([refused?.code, refused?.reason, refused?.old], ['refused', 'the server refuses it: BadNotWritable', 5]);
  });

  it('sends source time and status along only when that is wanted', async () => {
    const sample = { quality: 'uncertain', sourceTime: 77, code: 0x4093_0000 };
    const plain = bench(() => Promise.resolve([good]));
    await plain.write(7, sample);
    deepEqual(plain.sent[0]?.stamp, undefined);
    const stamped = bench(() => Promise.resolve([good]), { withStamp: true });
    await stamped.write(7, sample);
    deepEqual(stamped.sent[0]?.stamp, { sourceTime: 77, code: 0x4093_0000 });
  });
});
