import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import { FrameSlab } from '../../../packages/runtime/src/compartment/links/frame-slab.ts';
import { holdsError } from '../../../packages/runtime/src/compartment/links/holds-error.ts';
import { keepResponses } from '../../../packages/runtime/src/compartment/links/kept-responses.ts';
import { type Message, parseLinkFrame } from '../../../packages/runtime/src/compartment/links/link-frames.ts';
import { createWaysBack } from '../../../packages/runtime/src/compartment/links/link-source.ts';
import {
  createMessageCodec,
  createMessageReader,
} from '../../../packages/runtime/src/compartment/links/message-codec.ts';
import { headerBytes } from '../../../packages/runtime/src/protocol/frame.ts';

const waysBack = createWaysBack('A', () => false);

/** What arrives when this message is sent. */
function across(msg: Message): Message {
  const slab = new FrameSlab();
  const codec = createMessageCodec(keepResponses(), waysBack, async () => {});
  codec.encode({ type: 'link', to: 'n', ...codec.carry(msg, 'B') }, slab);
  const frame = parseLinkFrame(createMessageReader()(slab.buffer.subarray(slab.start + headerBytes, slab.end)));
  assert.ok(frame?.type === 'link');
  return codec.revive(frame, 'A');
}

describe('an error in a message to another compartment', () => {
  it('arrives with its name, message, stack, cause and own properties', () => {
    const cause = Object.assign(new TypeError('why'), { errno: -111 });
    const error = Object.assign(new RangeError('far', { cause }), {
      code: 'ECONNREFUSED',
      address: '127.0.0.1',
      info: { at: new Date(1), map: new Map([[1, 2n]]) },
    });
    const { payload } = across({ payload: error });
    assert.deepEqual(payload, error);
    assert.ok(payload instanceof RangeError && payload.cause instanceof TypeError);
    assert.equal(payload.stack, error.stack);
    assert.equal(Object.keys(payload).includes('cause'), false);
  });

  it('is found wherever it lies, and in whatever realm it was made', () => {
    const made: unknown = runInNewContext(
      'class Lost extends RangeError { name = "Lost" } ({ l: [{ m: new Map([["e", Object.assign(new Lost("x"), { code: 7 })]]) }] })',
    );
    const { payload } = across({ payload: made });
    assert.deepEqual(payload, {
      l: [{ m: new Map([['e', Object.assign(new RangeError('x'), { name: 'Lost', code: 7 })]]) }],
    });
  });

  it('is the same one everywhere in the message, also where it is its own cause', () => {
    const error: Error & { again?: unknown } = new Error('round');
    error.cause = error;
    error.again = [error];
    const msg: Message = { error, payload: { error } };
    msg['self'] = msg;
    const arrived = across(msg);
    const { error: first } = arrived;
    assert.ok(first instanceof Error && 'again' in first);
    assert.equal(first.cause, first);
    assert.deepEqual(first.again, [first]);
    assert.deepEqual(arrived['payload'], { error: first });
    assert.equal(arrived['self'], arrived);
  });

  it('arrives without what has no copy: functions in its cause, the sockets of a HTTP client', () => {
    const error = Object.assign(new Error('status 500', { cause: { f() {}, n: 1 } }), {
      toJSON: () => ({}),
      response: { status: 500, request: process.stdout },
      waiting: Promise.resolve(),
    });
    const { payload } = across({ payload: error });
    assert.ok(payload instanceof Error);
    assert.deepEqual(
      [payload.cause, Object.entries(payload)],
      [{ n: 1 }, [['response', { status: 500, request: undefined }]]],
    );
  });

  it('keeps the name of an exception of the web platform', () => {
    const { payload } = across({ payload: new DOMException('too slow', 'TimeoutError') });
    assert.ok(payload instanceof Error);
    assert.deepEqual([payload.name, payload.message], ['TimeoutError', 'too slow']);
  });

  it('is not seen in messages that have none, however deep, large or circular', () => {
    const circle: Message = { a: 1, bytes: Buffer.from('x'), map: new Map([[{}, new Set([1])]]) };
    circle['self'] = circle;
    const large = { items: Array.from({ length: 30_000 }, (_, n) => ({ n })) };
    for (const message of [{}, circle, large, { e: { message: 'no error', stack: '' } }]) {
      assert.equal(holdsError(message), false);
      assert.equal(holdsError({ ...message, last: [new Error('here')] }), true);
    }
  });

  it('takes no shape on trust', () => {
    const error = new Error('x');
    const slab = new FrameSlab();
    const codec = createMessageCodec(keepResponses(), waysBack, async () => {});
    const forged = {
      type: 'link' as const,
      to: 'n',
      msg: { n: 1 },
      errors: [1, [{}, { a: 1 }], [error, 'text', null]],
    };
    codec.encode(forged, slab);
    const frame = createMessageReader()(slab.buffer.subarray(slab.start + headerBytes, slab.end));
    assert.ok(parseLinkFrame(frame));
  });
});
