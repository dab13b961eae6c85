import { errorMessage } from '@bulkhead/core';
import type { Node, NodeAPI } from 'node-red';

/** The order of a clean stop: what reads the plant, what carries samples, what stores them. */
export type DrainPhase = 'source' | 'relay' | 'sink';

/** Payload of the `bulkhead:drain` event that the compartment emits once per phase. */
export interface DrainRequest {
  readonly phase: DrainPhase;
  readonly deadlineMs: number;
  /** Makes the phase last until the promise is settled (or the deadline has passed). */
  waitFor(promise: Promise<void>): void;
}

const drainEvent = 'bulkhead:drain';

/**
 * Runs `handler` when its phase of a clean stop comes, and makes the phase wait for it. Stock Node-RED never asks.
 *
 * A handler that fails is logged as a warning and does not hold up the stop.
 */
export function onDrain(
  RED: NodeAPI,
  node: Node,
  phase: DrainPhase,
  handler: (deadlineMs: number) => Promise<void>,
): void {
  const listener = (request: DrainRequest): void => {
    if (request.phase !== phase) return;
    const drained = Promise.resolve()
      .then(() => handler(request.deadlineMs))
      // Node-RED hands a message over in a later turn: what was sent last has then reached the next node.
      .then(() => new Promise<void>((resolve) => setImmediate(resolve)))
      .catch((reason: unknown) => {
        node.warn(`stopping: ${errorMessage(reason)}`);
      });
    request.waitFor(drained);
  };
  RED.events.on(drainEvent, listener);
  node.on('close', () => {
    RED.events.off(drainEvent, listener);
  });
}
