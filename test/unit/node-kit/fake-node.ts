import { EventEmitter } from 'node:events';
import type { Node, NodeMessageInFlow } from 'node-red';

/** As much of a Node-RED node as the glue touches. */
export interface FakeNode {
  readonly node: Node;
  readonly statuses: unknown[];
  readonly warnings: unknown[];
  /** Delivers a message; resolves with what `done` was called with. */
  input(message: NodeMessageInFlow): Promise<unknown>;
  /** Resolves when every close listener is done. */
  close(removed?: boolean): Promise<void>;
  /** Declared parameters of the input listener. */
  inputArity(): number;
}

export function fakeNode(id = 'node'): FakeNode {
  const statuses: unknown[] = [];
  const warnings: unknown[] = [];
  const emitter = new EventEmitter();
  const parts = {
    id,
    type: 'fake',
    status: (status: unknown) => void statuses.push(status),
    warn: (warning: unknown) => void warnings.push(warning),
  };
  const node = Object.assign(emitter, parts);
  if (!isNode(node)) throw new Error('not reached');
  const listenersOf = (event: string): readonly Function[] => emitter.listeners(event);
  return {
    node,
    statuses,
    warnings,
    input: (message) =>
      new Promise((resolve) => {
        for (const listener of listenersOf('input')) Reflect.apply(listener, node, [message, () => undefined, resolve]);
      }),
    async close(removed = false) {
      for (const listener of listenersOf('close')) {
        if (listener.length === 0) Reflect.apply(listener, node, []);
        else
          await new Promise<void>(
            (resolve) => void Reflect.apply(listener, node, listener.length === 2 ? [removed, resolve] : [resolve]),
          );
      }
    },
    inputArity: () => listenersOf('input')[0]?.length ?? -1,
  };
}

/** The glue under test calls nothing of a node but what is made here. */
function isNode(candidate: object): candidate is Node {
  return 'status' in candidate;
}
