import { equal, match } from 'node:assert/strict';
import { parsePatch } from '../../../packages/runtime/src/supervisor/compartments/compartment-patch.ts';

const refusal = (body: unknown): string => {
  const read = parsePatch(body);
  return read.ok ? 'taken' : read.message;
};

describe('the body of a PATCH', () => {
  for (const [body, message] of [
    [[], 'body: must be an object'],
    [null, 'body: must be an object'],
    [{ limits: [] }, 'limits: must be an object'],
    [{ policy: [] }, 'policy: must be an object'],
    [{ privilege: [] }, 'privilege: must be an object'],
    [{ privilege: { read: ['a\0b'] } }, 'privilege.read.0: must be a path without a comma'],
    [{ privilege: { write: ['a\rb'] } }, 'privilege.write.0: must be a path without a comma'],
  ] as const) {
    it(`is refused where it is ${JSON.stringify(body)}`, () => {
      equal(refusal(body).startsWith(message), true, refusal(body));
    });
  }

  it('may hold any part of what can be set', () => {
    equal(refusal({}), 'taken');
    equal(refusal({ limits: { rssMb: 200 }, policy: {}, privilege: { mode: 'strict', read: ['/data'] } }), 'taken');
    match(refusal({ limits: { foo: 1 } }), /^limits\.foo: /);
  });
});
