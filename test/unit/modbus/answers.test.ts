import { deepEqual, equal, ok } from 'node:assert/strict';
import fc from 'fast-check';
import { answeredRequests, answeredWith, isHonest } from '../../support/modbus-answers.ts';

/** Written over the answer at these places, or one that has nothing to do with it. */
const damage = fc.oneof(
  fc.record({
    changes: fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 255 })), { maxLength: 3 }),
    length: fc.option(fc.nat({ max: 12 }), { nil: undefined }),
  }),
  fc.uint8Array({ minLength: 2, maxLength: 254 }),
);

describe('What the answer of a Modbus device comes to', () => {
  it('is what was asked for when it is as the specification says', () => {
    const answered = answeredWith();
    for (const { request, answer } of answeredRequests) {
      const [reply, ...more] = answered(17, request, Buffer.from(answer));
      equal(reply?.kind, request.kind === 'read' || request.kind === 'write-and-read' ? 'values' : 'done');
      deepEqual(more, []);
    }
  });

  it('is an honest reply, once, or an error, whatever the bytes', () => {
    const answered = answeredWith();
    fc.assert(
      fc.property(fc.constantFrom(...answeredRequests), damage, (asked, how) => {
        const { request, answer } = asked;
        const bytes = Buffer.from('changes' in how ? answer : how);
        if ('changes' in how) for (const [at, byte] of how.changes) bytes[at % bytes.length] = byte;
        const sent = 'changes' in how && how.length !== undefined ? bytes.subarray(0, Math.max(2, how.length)) : bytes;
        const [reply, ...more] = answered(17, request, sent);
        ok(reply !== undefined && more.length === 0, 'one reply');
        ok(isHonest(asked, sent, reply), JSON.stringify(reply));
      }),
      { numRuns: 10_000 },
    );
  });
});
