import { isRecord } from '@bulkhead/core';
import type { AlarmAnswer } from './alarm.ts';

export type EventCommand = { kind: 'refresh' } | { kind: 'answer'; answer: AlarmAnswer };
export type CommandResult = { ok: true; command: EventCommand } | { ok: false; problem: string };

const commands = ['acknowledge', 'confirm', 'refresh'] as const;

/**
 * What a message asks for: `msg.command`, and for an alarm which one: in `msg.alarm`, as this node sends it, or in
 * `msg.payload`, with a comment.
 */
export function readCommand(message: unknown): CommandResult {
  if (!isRecord(message)) return { ok: false, problem: 'the message is not an object' };
  const kind = commands.find((known) => known === message['command']);
  if (kind === undefined) return { ok: false, problem: `msg.command must be one of ${commands.join(', ')}` };
  if (kind === 'refresh') return { ok: true, command: { kind } };
  const { alarm, payload } = message;
  const own = isRecord(payload) ? payload : {};
  const of: Record<string, unknown> = isRecord(alarm) ? { ...own, ...alarm } : own;
  const { conditionId, eventId } = of;
  if (typeof conditionId !== 'string' || conditionId === '' || typeof eventId !== 'string' || eventId === '') {
    return { ok: false, problem: 'which alarm? msg.alarm or msg.payload needs conditionId and eventId' };
  }
  const comment = message['comment'] ?? own['comment'];
  return {
    ok: true,
    command: {
      kind: 'answer',
      answer: { kind, conditionId, eventId, comment: typeof comment === 'string' ? comment : '' },
    },
  };
}
