import type { ReadValues, Reply } from '../protocol/request.ts';
import type { Outcome } from '../modbus-connection/request-queue.ts';
import { exceptionName } from '../protocol/exception.ts';

/** What reading the registers or bits of one tag came to. */
export type SpanOutcome =
  /** What was read from the address `from` on; the tag's own is among it. */
  | { kind: 'values'; values: ReadValues; from: number }
  /** The device answered with an exception. */
  | { kind: 'refused'; code: number; reason: string }
  | { kind: 'failed'; code: Exclude<Outcome['kind'], Reply['kind'] | 'disconnected'> | 'garbled'; reason: string }
  /** The connection was lost meanwhile; its loss says all there is to say. */
  | { kind: 'lost' };

/** The same of a whole request for what lies from that address on. */
export function outcomeOf(outcome: Outcome, from: number): SpanOutcome {
  switch (outcome.kind) {
    case 'values':
      return { kind: 'values', values: outcome.values, from };
    case 'exception':
      return {
        kind: 'refused',
        code: outcome.code,
        reason: `${exceptionName(outcome.code)} (exception ${outcome.code})`,
      };
    case 'disconnected':
      return { kind: 'lost' };
    case 'done':
      return { kind: 'failed', code: 'garbled', reason: 'an answer without values' };
    case 'garbled':
      return {
        kind: 'failed',
        code: 'garbled',
        reason: `an answer that does not fit the request: ${outcome.reason}`,
      };
    case 'timeout':
      return { kind: 'failed', code: 'timeout', reason: 'no answer in time' };
    case 'silent-unit':
      return {
        kind: 'failed',
        code: 'silent-unit',
        reason: 'this unit does not answer; it is asked again now and then',
      };
    case 'queue-full':
      return { kind: 'failed', code: 'queue-full', reason: 'too many requests wait already' };
    case 'expired':
      return { kind: 'failed', code: 'expired', reason: 'it could not be sent in time' };
  }
}
