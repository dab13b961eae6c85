import type { NodeRedApplication } from '../node-red/internals.ts';
import { isRecord } from '../node-red/is-record.ts';

/** Followed by the list of types; Node-RED's own text says that all flows are stopped. */
const missingTypesText = '<p>Tabs that use these node types do not run, all others do:</p>';

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
    const text = payload['error'] === 'missing-types' ? { text: missingTypesText } : {};
    return emit(name, { ...event, payload: { ...payload, ...text, state: 'start' } });
  };
  red.runtime.flows.getState = async () => ({ state: 'start' });
  red.runtime.flows.setState = async () => {
    throw Object.assign(new Error('flows are started and stopped tab by tab in Bulkhead'), {
      status: 405,
      code: 'not_allowed',
    });
  };
}
