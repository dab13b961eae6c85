import { type Sent, unanswered, unsentFailure, type WriteFailure } from '@bulkhead/node-kit';
import { ask } from '../modbus-connection/ask.ts';
import type { Link } from '../modbus-connection/link.ts';
import type { Outcome } from '../modbus-connection/request-queue.ts';
import { exceptionName, ILLEGAL_ADDRESS, ILLEGAL_VALUE, SERVER_FAILURE } from '../protocol/exception.ts';
import type { Request } from '../protocol/request.ts';
import { planWrites, type WriteItem, type WriteStep } from '../protocol/write-plan.ts';
import type { SpanOutcome } from '../modbus-tag/span-outcome.ts';
import type { ModbusWriteConfig } from './config.ts';

export interface SendStepsOptions {
  link: Pick<Link, 'request'>;
  config: Pick<ModbusWriteConfig, 'limits' | 'bits' | 'deadlineMs'>;
  items: readonly WriteItem[];
  sendBefore: number;
}

/** An exception of these says that nothing was written, and may be of one value of many. */
const ofAddresses: ReadonlySet<number> = new Set([ILLEGAL_ADDRESS, ILLEGAL_VALUE, SERVER_FAILURE]);

/**
 * Writes items one request after the other, so that they arrive in their order; one entry per item. When the device
 * refuses several values at once, each is written for itself: what it does not have costs its own value only.
 */
export async function sendSteps({ link, config, items, sendBefore }: SendStepsOptions): Promise<Sent<SpanOutcome>[]> {
  const { limits, deadlineMs } = config;
  const sent: Sent<SpanOutcome>[] = items.map(() => undefined);

  const send = (unit: number, request: Request): Promise<Outcome> =>
    ask(link, unit, request, { isUrgent: true, sendBefore });

  /** Without function 22: what another writes into the register meanwhile is lost, which is why a person chooses it. */
  const change = async (
    unit: number,
    { address, mask, word }: Request & { kind: 'mask-register' },
  ): Promise<Outcome> => {
    const read = await send(unit, { kind: 'read', area: 'holding', address, count: 1 });
    if (read.kind !== 'values') return read;
    const words = [((read.values[0] ?? 0) & ~mask) | (word & mask)];
    return send(unit, { kind: 'write-registers', address, words, many: limits.isAlwaysMany });
  };

  const run = async ({ unit, request, members }: WriteStep): Promise<void> => {
    const isChange = request.kind === 'mask-register' && config.bits === 'change';
    const outcome = isChange ? await change(unit, request) : await send(unit, request);
    if (outcome.kind === 'exception' && ofAddresses.has(outcome.code) && members.length > 1) {
      for (const member of members) await runAlone(member);
      return;
    }
    const written: Sent<SpanOutcome> =
      outcome.kind === 'values'
        ? { held: { kind: 'values', values: outcome.values, from: request.address } }
        : failureOf(outcome, request);
    for (const member of members) sent[member] = written;
  };
  const runAlone = async (member: number): Promise<void> => {
    const [step] = planWrites(items.slice(member, member + 1), limits);
    if (step !== undefined) await run({ ...step, members: [member] });
  };

  const failureOf = (outcome: Exclude<Outcome, { kind: 'values' }>, request: Request): WriteFailure | undefined => {
    switch (outcome.kind) {
      case 'done':
        return undefined;
      case 'exception':
        return { code: 'refused', reason: refusal(outcome.code, request) };
      case 'garbled':
        return { code: 'garbled', reason: outcome.reason };
      case 'timeout':
        return unanswered;
      case 'disconnected':
        return outcome.isSent ? unanswered : unsentFailure('disconnected', deadlineMs);
      case 'queue-full':
      case 'expired':
        return unsentFailure(outcome.kind, deadlineMs);
      case 'silent-unit':
        return { code: 'disconnected', reason: 'this unit does not answer at the moment, nothing was sent' };
    }
  };

  for (const step of planWrites(items, limits)) await run(step);
  return sent;
}

function refusal(code: number, request: Request): string {
  const name = `${exceptionName(code)} (exception ${code})`;
  if (code !== 1) return name;
  if (request.kind === 'mask-register')
    return `${name}: the device lacks function 22, choose another way to write bits`;
  if (request.kind === 'write-and-read') return `${name}: the device lacks function 23, read back after the write`;
  return name;
}
