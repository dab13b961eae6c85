import type { CallResult } from './caller.ts';
import type { MethodRef } from './method.ts';

const longest = 120;

function shown(value: unknown): string {
  const text =
    JSON.stringify(value, (_key, each: unknown) => (typeof each === 'bigint' ? each.toString() : each)) ?? '-';
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

/** The variables of the log's text: who called what with which arguments, and what came of it. */
export function callLine({
  ref,
  result,
  given,
  who,
}: {
  ref: MethodRef;
  result: CallResult;
  given: unknown;
  who: string;
}) {
  return {
    who,
    method: ref.methodId,
    object: ref.objectId,
    given: shown(given),
    result: shown(result.outputs),
    reason: result.reason ?? '',
  };
}
