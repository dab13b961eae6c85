import type { ContextOptions, NodeRedApplication } from '../node-red/internals.ts';
import type { Dialled } from '../protocol/dial.ts';
import { CallError } from '../protocol/peer.ts';
import type { ContextRequest, FromEditor } from '../protocol/messages.ts';

/** The context sidebar: values live where the flows run. Call between init and start. */
export function askCompartmentsForContext(red: NodeRedApplication, link: Dialled<FromEditor>): void {
  const ask = async (operation: 'get' | 'delete', options: ContextOptions): Promise<unknown> => {
    const { scope, id, store, key, keysOnly } = options;
    if (scope !== 'global' && scope !== 'flow' && scope !== 'node') return {};
    const request: ContextRequest = {
      operation,
      scope,
      ...(id === undefined ? {} : { id }),
      ...(store === undefined ? {} : { store }),
      ...(key === undefined ? {} : { key }),
      ...(keysOnly === undefined ? {} : { keysOnly }),
    };
    const nodeId = scope === 'global' ? undefined : id;
    try {
      return await link.call((callId) => ({
        type: 'context',
        callId,
        request,
        ...(nodeId === undefined ? {} : { nodeId }),
      }));
    } catch (error) {
      // Of a store that there is not: the runtime there says so, as a stock one.
      if (error instanceof CallError && error.code === 'not_found')
        throw Object.assign(new Error(), { status: 404, code: 'not_found' });
      throw Object.assign(new Error(error instanceof Error ? error.message : String(error)), {
        status: 503,
        code: 'unavailable',
      });
    }
  };
  red.runtime.context.getValue = (options) => ask('get', options);
  red.runtime.context.delete = (options) => ask('delete', options);
}
