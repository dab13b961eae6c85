/**
 * Emptying a compartment before a clean stop, one phase after the other over the whole house: sources deliver what
 * they have read, relays get everything acknowledged, sinks commit. Nodes take part by listening to
 * `bulkhead:drain` on `RED.events`.
 */
import type { EventEmitter } from 'node:events';
import type { DrainPhase } from '../protocol/messages.ts';

/** What a node gets. `waitFor` has to be called while the event is emitted. */
export interface DrainEvent {
  readonly phase: DrainPhase;
  readonly deadlineMs: number;
  readonly waitFor: (work: Promise<unknown>) => void;
}

/** True when all nodes of the phase were done within the deadline and none of them failed. */
export async function drainPhase(events: EventEmitter, phase: DrainPhase, deadlineMs: number): Promise<boolean> {
  const works: Promise<unknown>[] = [];
  const event: DrainEvent = { phase, deadlineMs, waitFor: (work) => works.push(work) };
  try {
    events.emit('bulkhead:drain', event);
  } catch {
    return false;
  }
  if (works.length === 0) return true;
  const { promise: deadline, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), deadlineMs);
  const all = Promise.allSettled(works).then((results) => results.every((result) => result.status === 'fulfilled'));
  try {
    return await Promise.race([all, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
