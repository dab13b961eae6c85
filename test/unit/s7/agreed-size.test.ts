import { deepEqual, ok } from 'node:assert/strict';
import { createWriter } from '@bulkhead/node-kit';
import type { Link } from '../../../nodes/s7/src/s7-connection/link.ts';
import type { Request } from '../../../nodes/s7/src/protocol/message.ts';
import { readS7Read } from '../../../nodes/s7/src/s7-read/config.ts';
import { createTagReader } from '../../../nodes/s7/src/s7-read/tag-reader.ts';
import { readS7Write } from '../../../nodes/s7/src/s7-write/config.ts';
import { s7WritePort } from '../../../nodes/s7/src/s7-write/write-port.ts';

const pduBytes = 240;
const READ = 4;
const tags = [
  ...Array.from({ length: 60 }, (_, at) => ({ topic: `umh.v1.a._raw.n${at}`, address: `DB1,LINT${at * 40}` })),
  { topic: 'umh.v1.a._raw.array', address: 'DB2,BYTE0.700' },
];

/** A PLC that agreed to messages of 240 bytes: answers each read with zeros, takes each write, and notes all. */
function plc(): Pick<Link, 'ask' | 'state'> & { asked: Request[] } {
  const asked: Request[] = [];
  return {
    asked,
    state: { kind: 'connected', agreement: { pduBytes, parallel: 4 } },
    async ask(request) {
      asked.push(request);
      const { parameters } = request;
      const data = parameters[0] === READ ? Buffer.concat(countsOf(request).map(answerOf)) : good(parameters[1] ?? 0);
      const message = { reference: 1, error: 0, parameters: parameters.subarray(0, 2), data };
      return { kind: 'answer', message };
    },
  };
}

const good = (count: number): Buffer => Buffer.alloc(count, 0xff);
const countsOf = ({ parameters }: Request): number[] =>
  Array.from({ length: parameters[1] ?? 0 }, (_, index) => parameters.readUInt16BE(2 + 12 * index + 4));
function answerOf(count: number): Buffer {
  const item = Buffer.alloc(4 + count + (count % 2));
  item.set([0xff, 4]);
  item.writeUInt16BE(count * 8, 2);
  return item;
}

/** Bytes of the request, and of the answer that it asks for. */
function sizesOf(request: Request): number[] {
  const { parameters, data } = request;
  const sent = 10 + parameters.length + data.length;
  if (parameters[0] !== READ) return [sent, 14 + (parameters[1] ?? 0)];
  return [sent, 14 + countsOf(request).reduce((sum, count) => sum + answerOf(count).length, 0)];
}

describe('Messages to an S7', () => {
  it('that read are no larger than agreed, nor are their answers', async () => {
    const read = readS7Read({ tags }, new Map());
    if (!read.ok) throw new Error(read.problem);
    const link = plc();
    const hooks = { sampleTime: () => 0, onRetry: () => {} };
    const { samples } = await createTagReader({ tags: read.config.tags, maxGap: 0, link, hooks }).read();
    deepEqual([samples.length, samples.every(({ quality }) => quality === 'good')], [760, true]);
    ok(link.asked.flatMap(sizesOf).every((size) => size <= pduBytes));
  });

  it('that write are no larger than agreed, nor are their answers', async () => {
    const read = readS7Write({ tags }, new Map());
    if (!read.ok) throw new Error(read.problem);
    const { config } = read;
    const link = plc();
    const writer = createWriter({ ...config, port: s7WritePort({ link, now: () => 0, deadlineMs: 1_000 }) });
    const wishes = [...config.tags.values()].map(({ topic, scalar }) => ({
      topic,
      value: scalar.type === 'LINT' ? 7n : 7,
      quality: 'good' as const,
    }));
    const results = await writer.write(wishes, 0);
    deepEqual(
      results.filter((result) => !result.ok),
      [],
    );
    ok(link.asked.some(({ parameters }) => parameters[0] !== READ));
    ok(link.asked.flatMap(sizesOf).every((size) => size <= pduBytes));
  });
});
