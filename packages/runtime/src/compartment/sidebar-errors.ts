import { EventEmitter } from 'node:events';
import { loadRegistryStore, loadUtil, type LogMessage } from '../node-red/internals.ts';

const error = 20;
const warn = 30;

/**
 * Errors and warnings of nodes appear in the debug sidebar. In a stock Node-RED the debug node sees to that, and it
 * is always loaded; in a compartment only if a flow uses it.
 */
export function showErrorsInSidebar(events: EventEmitter): void {
  const handler = new EventEmitter();
  handler.on('log', (message: LogMessage) => {
    if (message.level !== error && message.level !== warn) return;
    if (loadRegistryStore().getModule('node-red')?.nodes['debug']?.loaded === true) return;
    const data = loadUtil().util.encodeObject({ ...message }, { maxLength: 1000 });
    events.emit('comms', { topic: 'debug', data });
  });
  loadUtil().log.addHandler(handler);
}
