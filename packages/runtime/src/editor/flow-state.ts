import type { NodeRedApplication } from '../node-red/internals.ts';
import { isRecord } from '../node-red/is-record.ts';
import { unusableFlows } from './flow-loads.ts';

/** Where Node-RED has no text, or says by the first that all flows are stopped; its text is followed by the list of types. */
const ownTexts = new Map<unknown, string>([
  ['missing-types', '<p>Tabs that use these node types do not run, all others do:</p>'],
  [unusableFlows, '<p>Flows stopped: Node-RED can make no flows of what is in the flow file.</p>'],
]);

/**
 * To a browser the flows always look started: the editor greys the buttons of all tabs while the retained
 * notification `runtime-state` says `stop`, but here each tab runs or fails on its own. Call between init and start.
 */
export function showFlowsAsStarted(red: NodeRedApplication): void {
  const emit = red.events.emit.bind(red.events);
  red.events.emit = (name: string | symbol, ...values: unknown[]): boolean => {
    const [event] = values;
    if (name !== 'runtime-event' || !isRecord(event) || event['id'] !== 'runtime-state') return emit(name, ...values);
    const payload = isRecord(event['payload']) ? event['payload'] : {};
    const text = ownTexts.get(payload['error']);
    const said = text === undefined ? {} : { text };
    return emit(name, { ...event, payload: { ...payload, ...said, state: 'start' } });
  };
  red.runtime.flows.getState = async () => ({ state: 'start' });
  red.runtime.flows.setState = async () => {
    throw Object.assign(new Error('flows are started and stopped tab by tab in Bulkhead'), {
      status: 405,
      code: 'not_allowed',
    });
  };
}
