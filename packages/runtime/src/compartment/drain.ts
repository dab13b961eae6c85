/**
 * What the nodes of a compartment are waited for.
 *
 * Before it is called ready: subscribers have their subscription (`bulkhead:listen`), so that what publishes can be
 * started after what listens. Before a clean stop, one phase after the other over the whole house: sources deliver what
 * they have read, relays get everything acknowledged, sinks commit (`bulkhead:drain`). Nodes take part by listening on
 * `RED.events`.
 */
import type { EventEmitter } from 'node:events';
import type { DrainPhase } from '../protocol/messages.ts';

/** True when all nodes of the phase were done within the deadline and none of them failed. */
export function drainPhase(events: EventEmitter, phase: DrainPhase, deadlineMs: number): Promise<boolean> {
  return askNodes(events, 'bulkhead:drain', { phase }, deadlineMs);
}

/** Resolves when all nodes that listen to others are heard by them, or at the deadline: a broker may be away. */
export async function untilListening(events: EventEmitter, deadlineMs: number): Promise<void> {
  await askNodes(events, 'bulkhead:listen', {}, deadlineMs);
}

async function askNodes(events: EventEmitter, name: string, words: object, deadlineMs: number): Promise<boolean> {
  const works: Promise<unknown>[] = [];
  const event = { ...words, deadlineMs, waitFor: (work: Promise<unknown>) => works.push(work) };
  try {
    events.emit(name, event);
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
