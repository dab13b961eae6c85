import type { ContextOptions, NodeRedApplication } from '../node-red/internals.ts';
import type { Dialled } from '../protocol/dial.ts';
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
      throw Object.assign(new Error(error instanceof Error ? error.message : String(error)), {
        status: 503,
        code: 'unavailable',
      });
    }
  };
  red.runtime.context.getValue = (options) => ask('get', options);
  red.runtime.context.delete = (options) => ask('delete', options);
}
