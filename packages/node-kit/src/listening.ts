import type { Node, NodeAPI } from 'node-red';

/** Payload of the `bulkhead:listen` event that the compartment emits when its flows have started. */
interface ListenRequest {
  /** Makes the compartment count as ready only when the promise is settled (or a deadline has passed). */
  waitFor(promise: Promise<void>): void;
}

const listenEvent = 'bulkhead:listen';

/**
 * For nodes that take what other tabs give: `listening` resolves when nothing that is given from then on is missed.
 * The house starts tabs that only give after those that take. Stock Node-RED never asks.
 */
export function onListen(RED: NodeAPI, node: Node, listening: () => Promise<void>): void {
  const listener = (request: ListenRequest): void => request.waitFor(listening());
  RED.events.on(listenEvent, listener);
  node.on('close', () => {
    RED.events.off(listenEvent, listener);
  });
}
