import { BulkheadError, errorMessage } from '@bulkhead/core';
import type { Failure } from './result.ts';

export function failureOf(error: unknown): Failure {
  return { code: error instanceof BulkheadError ? error.code : '', reason: errorMessage(error) };
}
