import assert from 'node:assert/strict';
import { BulkheadError, errorMessage } from '@bulkhead/core';

describe('the error of the house', () => {
  it('has its code and cause as own enumerable properties, the only ones a Catch node copies', () => {
    const cause = new Error('ECONNREFUSED');
    const error = new BulkheadError('broker-unreachable', 'the broker does not answer', { cause, retryable: true });
    assert.ok(error instanceof Error);
    assert.deepEqual(Object.fromEntries(Object.entries(error)), {
      name: 'BulkheadError',
      code: 'broker-unreachable',
      retryable: true,
      cause,
    });
    assert.equal(error.message, 'the broker does not answer');
    assert.match(error.stack ?? '', /error\.test\.ts/);
  });

  it('has no cause unless it was given one, and is not worth a retry unless it says so', () => {
    const error = new BulkheadError('config-invalid', 'no topic');
    assert.equal(Object.hasOwn(error, 'cause'), false);
    assert.equal(error.retryable, false);
  });

  it('gives words for whatever was thrown', () => {
    assert.equal(errorMessage(new Error('no')), 'no');
    assert.equal(errorMessage('no'), 'no');
    assert.equal(errorMessage(undefined), 'undefined');
    assert.equal(errorMessage(Object.create(null)), 'unknown error');
  });
});
