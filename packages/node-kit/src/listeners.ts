import { errorMessage } from '@bulkhead/core';
import type { Node, NodeMessage, NodeMessageInFlow } from 'node-red';

/** What a handler may send: one message, or one entry (message, messages or null) per output. */
export type SendMessage = (message: NodeMessage | Array<NodeMessage | NodeMessage[] | null>) => void;

type CatchableError = Error & { code?: unknown; cause?: unknown };

/**
 * Gives an Error for whatever was thrown, with `code` and `cause` as own properties: a Catch node copies no others.
 */
function catchable(reason: unknown): Error {
  if (!(reason instanceof Error)) return new Error(errorMessage(reason), { cause: reason });
  const error: CatchableError = reason;
  for (const name of ['code', 'cause'] as const) {
    if (error[name] !== undefined && !Object.hasOwn(error, name)) {
      Object.defineProperty(error, name, { value: error[name], enumerable: true, configurable: true, writable: true });
    }
  }
  return error;
}

/**
 * The only way a node of this house listens for messages.
 *
 * The message is done when the handler has returned or its promise is fulfilled. What it throws or rejects with goes to
 * `done(error)`, so to the Catch nodes; a listener that rejects by itself would end the whole process.
 */
export function onInput(
  node: Node,
  handler: (message: NodeMessageInFlow, send: SendMessage) => void | Promise<void>,
): void {
  // Node-RED counts the declared parameters: only with three of them is the message's completion ours to report.
  node.on('input', (message, send, done) => {
    try {
      const pending = handler(message, send);
      if (pending === undefined) {
        done();
        return;
      }
      pending.then(
        () => done(),
        (reason: unknown) => done(catchable(reason)),
      );
    } catch (reason) {
      done(catchable(reason));
    }
  });
}

/**
 * The only way a node of this house listens for its end: awaited by the runtime, for at most `deadlineMs`.
 *
 * `removed` is true when the node was deleted, false for a restart. A failing handler is logged as a warning.
 */
export function onClose(node: Node, handler: (removed: boolean) => void | Promise<void>, deadlineMs = 8_000): void {
  node.on('close', (removed: boolean, done: () => void) => {
    let ended = false;
    const end = (problem?: unknown): void => {
      if (ended) return;
      ended = true;
      clearTimeout(deadline);
      if (problem !== undefined) node.warn(`closing: ${errorMessage(problem)}`);
      done();
    };
    const deadline = setTimeout(() => end(`not finished within ${deadlineMs} ms, left behind`), deadlineMs);
    try {
      Promise.resolve(handler(removed)).then(
        () => end(),
        (reason: unknown) => end(reason ?? 'failed'),
      );
    } catch (reason) {
      end(reason ?? 'failed');
    }
  });
}
