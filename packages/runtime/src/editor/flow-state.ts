import type { NodeRedApplication } from '../node-red/internals.ts';
import { isRecord } from '../node-red/is-record.ts';

/**
 * To a browser the flows look started: the editor greys every button while the retained notification
 * `runtime-state` says `stop`. What goes wrong in a flow is told by the compartments; this runtime's own errors
 * (missing types, modules) stay as they are. Call between init and start.
 */
export function showFlowsAsStarted(red: NodeRedApplication): void {
  const emit = red.events.emit.bind(red.events);
  red.events.emit = (name: string | symbol, ...values: unknown[]): boolean => {
    const [event] = values;
    if (name !== 'runtime-event' || !isRecord(event) || event['id'] !== 'runtime-state') return emit(name, ...values);
    const payload = isRecord(event['payload']) ? event['payload'] : {};
    if (payload['error'] !== undefined) return emit(name, ...values);
    return emit(name, { ...event, payload: { ...payload, state: 'start' } });
  };
  red.runtime.flows.getState = async () => ({ state: 'start' });
  red.runtime.flows.setState = async () => {
    throw Object.assign(new Error('flows are started and stopped tab by tab in Bulkhead'), {
      status: 405,
      code: 'not_allowed',
    });
  };
}
