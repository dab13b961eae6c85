import { BulkheadError, errorMessage } from '@bulkhead/core';
import { decodeWhole } from '../protocol/decode.ts';
import type { PlainValue } from '../protocol/plain-value.ts';
import { qualityOf } from '../protocol/status-code.ts';
import { type ArgumentFault, readArguments } from './arguments.ts';
import type { CallAnswer, CallServices, Method, MethodRef } from './method.ts';

export type CallFault =
  /** Nothing was sent. */
  | 'wrong-arguments'
  | 'disconnected'
  | 'unknown-method'
  /** The server said no. */
  | 'refused'
  /** It was sent, and no answer came. */
  | 'unanswered';

export interface CallResult {
  ok: boolean;
  /** By name; null when the call failed. */
  outputs: Record<string, PlainValue> | null;
  /** The server's word. */
  status?: string;
  code?: CallFault;
  reason?: string;
  /** What is wrong with single arguments. */
  arguments?: readonly ArgumentFault[];
}

export interface CallerOptions {
  ref: MethodRef;
  /** By name, for those that a message leaves out. */
  defaults: Record<string, unknown>;
  services: CallServices;
}

const plain = { scale: 1, offset: 0 };

function failed(code: CallFault, reason: string, more: Partial<CallResult> = {}): CallResult {
  return { ok: false, outputs: null, code, reason, ...more };
}

function ofProblem(problem: unknown, sent: 'unanswered' | 'disconnected'): CallResult {
  const code = problem instanceof BulkheadError ? problem.code : '';
  if (code === 'not-connected') return failed('disconnected', 'there is no connection to the server, nothing was sent');
  if (code === 'unknown-method') return failed('unknown-method', errorMessage(problem));
  if (code === 'refused') return failed('refused', errorMessage(problem));
  return sent === 'disconnected'
    ? failed('disconnected', `the method could not be looked up: ${errorMessage(problem)}`)
    : failed('unanswered', 'it was sent and no answer came: it may or may not have been carried out');
}

function outputsOf({ outputs }: Method, answer: CallAnswer): Record<string, PlainValue> {
  return Object.fromEntries(
    answer.outputs.map((raw, index) => {
      const decoded = decodeWhole(raw, plain, { enums: 'number' });
      return [outputs[index]?.name || String(index), decoded.ok ? decoded.value : null];
    }),
  );
}

function ofAnswer(method: Method, answer: CallAnswer): CallResult {
  if (qualityOf(answer.code) !== 'bad') {
    return { ok: true, outputs: outputsOf(method, answer), status: answer.name };
  }
  const faults = answer.inputs.flatMap(({ code, name }, index): ArgumentFault[] =>
    qualityOf(code) === 'bad'
      ? [
          {
            name: method.inputs[index]?.name ?? String(index),
            code: 'refused',
            reason: `the server refuses it: ${name}`,
          },
        ]
      : [],
  );
  const list = faults.length === 0 ? {} : { arguments: faults };
  return failed('refused', `the server refuses the call: ${answer.name}`, { status: answer.name, ...list });
}

/** Calls a method with what a message says. Never rejects. */
export function createCaller({ ref, defaults, services }: CallerOptions): (payload: unknown) => Promise<CallResult> {
  return async (payload) => {
    let method: Method;
    try {
      method = await services.describeMethod(ref);
    } catch (problem) {
      return ofProblem(problem, 'disconnected');
    }
    const read = readArguments(payload, defaults, method);
    if (!read.ok) {
      const list = read.faults.map(({ name, reason }) => (name === '' ? reason : `${name}: ${reason}`)).join('; ');
      return failed('wrong-arguments', list, { arguments: read.faults });
    }
    try {
      return ofAnswer(method, await services.call(ref, read.values));
    } catch (problem) {
      return ofProblem(problem, 'unanswered');
    }
  };
}
