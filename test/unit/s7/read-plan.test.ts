import { deepEqual, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { unitBytes } from '../../../nodes/s7/src/protocol/items.ts';
import { mostItems, packParts, planBlocks, type Span } from '../../../nodes/s7/src/protocol/read-plan.ts';
import { packWrites } from '../../../nodes/s7/src/protocol/write-plan.ts';

const span = (start: number, count: number, db = 1): Span => ({ area: 'DB', db, start, count });
const shape = (spans: readonly Span[], maxGap = 0, pduBytes = 240) =>
  planBlocks(spans, { maxGap, pduBytes }).map(({ db, start, count, members }) => [db, start, count, members.join()]);

describe('The plan of reads from an S7', () => {
  it('merges neighbours, and gaps no longer than allowed', () => {
    deepEqual(shape([span(0, 4), span(4, 2), span(10, 2)]), [
      [1, 0, 6, '0,1'],
      [1, 10, 2, '2'],
    ]);
    deepEqual(shape([span(0, 4), span(4, 2), span(10, 2)], 4), [[1, 0, 12, '0,1,2']]);
  });

  it('reads no counters and timers along that nobody asked for: a PLC may have fewer', () => {
    const spans = [2, 3, 5].map((start) => ({ area: 'T' as const, db: 0, start, count: 1 }));
    deepEqual(
      planBlocks(spans, { maxGap: 32, pduBytes: 240 }).map(({ start, count }) => [start, count]),
      [
        [2, 2],
        [5, 1],
      ],
    );
  });

  it('keeps data blocks and areas apart', () => {
    deepEqual(shape([span(0, 4, 2), span(4, 4, 1), { area: 'M', db: 0, start: 4, count: 4 }], 200), [
      [0, 4, 4, '2'],
      [1, 4, 4, '1'],
      [2, 0, 4, '0'],
    ]);
  });

  it('ends a block where a message ends, and never within a value', () => {
    const blocks = shape(Array.from({ length: 100 }, (_, index) => span(index * 8, 8)));
    for (const [, , count] of blocks) ok(Number(count) <= 222 && Number(count) % 8 === 0);
  });

  it('puts no more than 19 items into a message, however many would fit', () => {
    const scattered = Array.from({ length: 100 }, (_, index) => span(index * 10, 2));
    for (const pduBytes of [480, 960]) {
      const messages = packParts(planBlocks(scattered, { maxGap: 0, pduBytes }), pduBytes);
      deepEqual(
        messages.map((parts) => parts.length),
        [19, 19, 19, 19, 19, 5],
      );
    }
    const writes = scattered.map(({ start }) => ({
      place: { area: 'DB' as const, db: 1, byte: start, bit: 0 },
      isBit: false,
      bytes: new Uint8Array(2),
    }));
    deepEqual(
      packWrites(writes, 960).map((parts) => parts.length),
      [19, 19, 19, 19, 19, 5],
    );
  });

  const area = fc.constantFrom<Span['area']>('DB', 'M', 'I', 'T', 'C');
  const anySpan = fc
    .record({ area, db: fc.integer({ min: 1, max: 3 }), start: fc.nat(4_000), count: fc.integer({ min: 1, max: 600 }) })
    .map((entry) => ({ ...entry, db: entry.area === 'DB' ? entry.db : 0 }));

  it('reads every byte of every span once, in messages that fit, with 19 items at most', () => {
    fc.assert(
      fc.property(
        fc.array(anySpan, { maxLength: 120 }),
        fc.constantFrom(112, 240, 480, 960),
        fc.nat(200),
        (spans, pduBytes, maxGap) => {
          const alone = new Set(spans.map((_, index) => index).filter((index) => index % 17 === 3));
          const blocks = planBlocks(spans, { maxGap, pduBytes }, alone);
          deepEqual(
            blocks.flatMap(({ members }) => members).sort((a, b) => a - b),
            spans.map((_, index) => index),
          );
          for (const block of blocks) {
            for (const member of block.members) {
              const own = spans[member];
              ok(own && own.start >= block.start && own.start + own.count <= block.start + block.count);
              ok(own.area === block.area && own.db === block.db);
              if (alone.has(member)) equal(block.members.length, 1);
            }
          }
          const messages = packParts(blocks, pduBytes);
          for (const parts of messages) {
            ok(parts.length <= mostItems && parts.length <= 19);
            ok(12 + 12 * parts.length <= pduBytes, 'the request');
            const answer = parts.reduce((sum, { item }) => {
              const bytes = item.count * unitBytes(item.area);
              return sum + 4 + bytes + (bytes % 2);
            }, 14);
            ok(answer <= pduBytes, `the answer has ${answer}`);
          }
          for (const block of blocks) {
            const parts = messages.flat().filter((part) => part.block === block);
            let next = 0;
            for (const { item, from } of parts) {
              equal(from, next * unitBytes(block.area));
              equal(item.start, block.start + next);
              next += item.count;
            }
            equal(next, block.count);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  it('of writes keeps their order, fits, and cuts no value but those that are larger than a message', () => {
    const item = fc.record({ byte: fc.nat(1_000), length: fc.integer({ min: 1, max: 600 }) });
    fc.assert(
      fc.property(fc.array(item, { maxLength: 60 }), fc.constantFrom(112, 240, 960), (items, pduBytes) => {
        const writes = items.map(({ byte, length }) => ({
          place: { area: 'DB' as const, db: 1, byte, bit: 0 },
          isBit: false,
          bytes: new Uint8Array(length),
        }));
        const messages = packWrites(writes, pduBytes);
        for (const parts of messages) {
          ok(parts.length <= 19);
          const size = parts.reduce((sum, { item: { bytes } }) => sum + 16 + bytes.length + (bytes.length % 2), 12);
          ok(size <= pduBytes, `${size}`);
        }
        deepEqual(
          writes.map((_, index) =>
            messages
              .flat()
              .filter((part) => part.index === index)
              .reduce((sum, part) => sum + part.item.bytes.length, 0),
          ),
          items.map(({ length }) => length),
        );
        const order = messages.flat().map(({ index }) => index);
        deepEqual(
          order,
          [...order].sort((a, b) => a - b),
        );
      }),
      { numRuns: 300 },
    );
  });
});
