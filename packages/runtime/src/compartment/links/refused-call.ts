/**
 * Ends a link call that could not be sent, at once: Node-RED has callers wait for an answer or their timeout, and nothing
 * to tell them that none will come. What they take is an answer, so it is one that rejects and that cannot be sent.
 */
import type { LiveNode } from '../../node-red/internals.ts';
import type { Message } from './link-frames.ts';
import { dropEmptyStack, lastCall } from './link-source.ts';

/** Where `caller` is the one who made this call. A function node's promise rejects; else its catch nodes get the error. */
export function refuseCall(caller: LiveNode, msg: Message, error: Error): void {
  const stack: unknown = msg['_linkSource'];
  const call = lastCall(stack);
  if (!Array.isArray(stack) || call?.node !== caller.id || caller.returnLinkMessage === undefined) {
    return caller.error(error, msg);
  }
  stack.pop();
  dropEmptyStack(msg);
  try {
    caller.returnLinkMessage(call.id, answerOf(error));
  } catch {
    // A link call has forgotten the call and its timeout by now, and is not done with the message.
  }
  if (caller.type !== 'function') caller.error(error, msg);
}

/** A function node resolves its promise with it, and so asks for `then`; a link call sends it, and so asks for its length. */
function answerOf(error: Error): object {
  return new Proxy([], {
    get(_target, key) {
      if (key === 'then') return (_resolve: unknown, reject: (reason: Error) => void) => reject(error);
      if (key === '_linkSource') return undefined;
      throw error;
    },
  });
}
