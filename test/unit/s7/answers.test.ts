import { deepEqual, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { dataFrame, splitFrames } from '../../../nodes/s7/src/protocol/frame.ts';
import {
  type ItemReply,
  parseRead,
  parseWrite,
  readRequest,
  type ReadItem,
} from '../../../nodes/s7/src/protocol/items.ts';
import { type Message, parseMessage, parseSetup } from '../../../nodes/s7/src/protocol/message.ts';
import {
  parseBlockLength,
  parseBlockList,
  parseModule,
  parseUserData,
} from '../../../nodes/s7/src/protocol/user-data.ts';

const bytesOf = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const items: readonly ReadItem[] = [
  { area: 'DB', db: 1, start: 0, count: 3 },
  { area: 'DB', db: 9, start: 0, count: 4 },
  { area: 'M', db: 0, start: 4, count: 2 },
];
/** As the server of snap7 sends them. */
const recorded = {
  // Three bytes and a filler, a block that is not there, two bytes.
  read: bytesOf('32030000 0005 0002 0012 0000 0403 ff040018 010203 00 0a000000 ff040010 0405'),
  write: bytesOf('32030000 0006 0002 0003 0000 0503 ff0aff'),
  setup: bytesOf('32030000 ffff 0008 0000 0000 f0000001000100f0'),
  blocks: bytesOf('32070000 0007 000c 000c 00011208128302010000 0000 ff090008 0001220900022209'),
};
const wanted = { pduBytes: 960, parallel: 8 };

/** Other bytes at up to three places, the end cut off, or something else altogether. */
const damaged = fc.oneof(
  fc
    .record({
      whole: fc.constantFrom(...Object.values(recorded)),
      changes: fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 3 }),
      cut: fc.option(fc.nat({ max: 45 }), { nil: 0 }),
    })
    .map(({ whole, changes, cut }) => {
      const bytes = Buffer.from(whole);
      for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
      return bytes.subarray(0, Math.max(0, bytes.length - cut));
    }),
  fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes)),
);

function messageOf(bytes: Buffer): Message | undefined {
  const parsed = parseMessage(bytes);
  return parsed.ok ? parsed.message : undefined;
}

/** Each item is refused where the answer says so, and else has as many bytes as were asked for, where the answer has them. */
function expectHonest(replies: readonly ItemReply[], data: Buffer): void {
  equal(replies.length, items.length);
  let at = 0;
  for (const [index, reply] of replies.entries()) {
    equal(data[at] === 0xff, reply.kind === 'bytes');
    if (reply.kind === 'refused') {
      equal(reply.code, data[at]);
      at += 4;
      continue;
    }
    const { count = 0 } = items[index] ?? {};
    deepEqual(reply.bytes, data.subarray(at + 4, at + 4 + count));
    at += 4 + count + (count % 2);
  }
}

describe('A request to an S7', () => {
  it('names the area, the place in bits and the length of each item, counters and timers by their numbers', () => {
    const item = (area: ReadItem['area'], db: number, start: number, count: number): string =>
      readRequest([{ area, db, start, count }]).parameters.toString('hex');
    deepEqual(
      [
        item('DB', 5, 4, 10),
        item('I', 0, 1, 2),
        item('Q', 0, 1, 2),
        item('M', 0, 3, 1),
        item('P', 0, 256, 2),
        item('C', 0, 5, 2),
        item('T', 0, 7, 1),
      ],
      [
        '0401120a1002000a000584000020',
        '0401120a10020002000081000008',
        '0401120a10020002000082000008',
        '0401120a10020001000083000018',
        '0401120a10020002000080000800',
        '0401120a101c000200001c000005',
        '0401120a101d000100001d000007',
      ],
    );
  });
});

describe('The answers of an S7', () => {
  it('are read as they were recorded', () => {
    const read = messageOf(recorded.read);
    deepEqual(read && parseRead(read, items), [
      { kind: 'bytes', bytes: Buffer.of(1, 2, 3) },
      { kind: 'refused', code: 0x0a },
      { kind: 'bytes', bytes: Buffer.of(4, 5) },
    ]);
    const write = messageOf(recorded.write);
    deepEqual(write && parseWrite(write, 3), [0xff, 0x0a, 0xff]);
    const setup = messageOf(recorded.setup);
    deepEqual(setup && parseSetup(setup, wanted), { pduBytes: 240, parallel: 1 });
    const blocks = messageOf(recorded.blocks);
    const list = blocks && parseUserData(blocks);
    deepEqual(list && [parseBlockList(list.data), list.hasMore], [[1, 2], false]);
  });

  it('agree to no more than was asked for, and to one request at a time where they say nothing', () => {
    const agreed = (parameters: string, asked = wanted): unknown => {
      const message = messageOf(bytesOf(`32030000 ffff 0008 0000 0000 ${parameters}`));
      return message && parseSetup(message, asked);
    };
    deepEqual(agreed('f000 0014 0003 03c0'), { pduBytes: 960, parallel: 3 });
    deepEqual(agreed('f000 0014 0014 1000', { pduBytes: 480, parallel: 2 }), { pduBytes: 480, parallel: 2 });
    deepEqual(agreed('f000 0000 0000 00f0'), { pduBytes: 240, parallel: 1 });
    ok(String(agreed('f000 0001 0001 0040')).includes('only 64 bytes'));
  });

  it('give what is in them or a reason, whatever the bytes', () => {
    fc.assert(
      fc.property(damaged, (bytes) => {
        const message = messageOf(bytes);
        if (message === undefined) return;
        const read = parseRead(message, items);
        if (typeof read !== 'string') expectHonest(read, message.data);
        const written = parseWrite(message, 3);
        if (typeof written !== 'string') deepEqual(written, [...message.data]);
        const setup = parseSetup(message, wanted);
        if (typeof setup !== 'string') {
          ok(setup.pduBytes >= 112 && setup.pduBytes <= wanted.pduBytes);
          ok(setup.parallel >= 1 && setup.parallel <= wanted.parallel);
        }
        const { data = Buffer.alloc(0) } = parseUserData(message) ?? {};
        for (const number of parseBlockList(data)) ok(number >= 0 && number <= 0xffff);
        ok(parseBlockLength(data) >= 0 && parseModule(data).length <= 20);
      }),
      { numRuns: 10_000 },
    );
  });

  it('are found in what the network makes of them', () => {
    fc.assert(
      fc.property(damaged, fc.nat(), fc.nat({ max: 255 }), fc.boolean(), (bytes, at, byte, isWhole) => {
        const frame = dataFrame(bytes);
        if (!isWhole) frame[at % frame.length] = byte;
        const split = splitFrames(Buffer.concat([frame, frame]).subarray(0, frame.length + (at % frame.length)));
        // Of a damaged one it is enough that it ends without an exception.
        if (!isWhole) return;
        ok(split.ok);
        const [unit, ...more] = split.units;
        deepEqual(unit, { kind: 'data', bytes, isLast: true });
        deepEqual([more.length, split.rest.length], [0, at % frame.length]);
      }),
      { numRuns: 10_000 },
    );
  });
});
