import type { FlowNode } from '../../protocol/messages.ts';

/**
 * Config nodes of which only one process may hold an instance, and why.
 *
 * Two processes that share one of these fight over it: an MQTT broker disconnects the older of two clients with one
 * id, a serial port and a listening path open once.
 */
const always: Readonly<Record<string, string>> = {
  'serial-port': 'a serial port can be opened once',
  'websocket-listener': 'a websocket path can be listened on once',
  'ui-base': 'a dashboard is served by one process',
  ui_base: 'a dashboard is served by one process',
};

const text = (value: unknown): string => (typeof value === 'string' ? value.trim() : '');

/** The reason why this config node must live in one compartment only, or undefined when every tab may have its own. */
export function exclusiveBecause(config: FlowNode): string | undefined {
  const known = always[config.type];
  if (known !== undefined) return known;
  if (config.type === 'mqtt-broker' && text(config['clientid']) !== '') return 'its MQTT client id is fixed';
  if (config.type === 'uns-connection' && text(config['clientId']) !== '') return 'its MQTT client id is fixed';
  return undefined;
}

/** How many compartments may hold a session of this connection; undefined when there is no bound. */
export function maxSessions(config: FlowNode): number | undefined {
  const value = Number(config['maxSessions']);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}
