/**
 * Config nodes of which only one process may hold an instance, and why.
 *
 * Two processes that share one of these fight over it: a broker disconnects the older of two clients with one id, a
 * serial port or a listening path opens once. What is not here is a client that may connect from several processes at
 * once: databases, http and tls settings, mqtt without a fixed id, Kafka (members of one consumer group share its
 * partitions), mail boxes.
 */
import type { FlowNode } from '../../protocol/messages.ts';
import type { PlanRules } from '../../protocol/plan-rules.ts';

type Reason = string | ((config: FlowNode) => string | undefined);

const text = (value: unknown): string =>
  typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : '';
const fixedClientId =
  (property: string) =>
  (config: FlowNode): string | undefined =>
    text(config[property]) === '' ? undefined : 'its MQTT client id is fixed, and a broker keeps one client per id';

const table: ReadonlyMap<string, Reason> = new Map<string, Reason>([
  // Without a fixed id every process makes one of its own, and has a clean session.
  ['mqtt-broker', fixedClientId('clientid')],
  ['uns-connection', fixedClientId('clientId')],
  ['serial-port', 'a serial port can be opened once'],
  ['modbus-connection', (config) => (text(config['mode']) === 'rtu' ? 'a serial line can be opened once' : undefined)],
  [
    'modbus-client',
    (config) => (text(config['clienttype']) === 'simpleser' ? 'a serial line can be opened once' : undefined),
  ],
  ['websocket-listener', 'a websocket path can be listened on once, and its clients belong to the one who listens'],
  ['ui-base', 'a dashboard is one page, and one process serves it'],
  ['ui_base', 'a dashboard is one page, and one process serves it'],
  ['BACnet-Client', 'a BACnet client listens on its UDP port'],
  ['homekit-bridge', 'a HomeKit bridge listens on its port under one identity'],
  [
    'telegram bot',
    (config) =>
      text(config['updatemode']) === 'none' ? undefined : 'Telegram gives the updates of a bot to one process',
  ],
]);

/** Of any type: a Kafka consumer with a fixed member id is fenced off by the next one with the same id. */
const fixedMember = (config: FlowNode): string | undefined =>
  ['groupInstanceId', 'memberId'].some((property) => text(config[property]) !== '')
    ? 'its consumer group member id is fixed'
    : undefined;

/** The reason why this config node must live in one compartment only, or undefined when every tab may have its own. */
export function exclusiveBecause(
  config: FlowNode,
  { exclusive, shared }: Pick<PlanRules, 'exclusive' | 'shared'>,
): string | undefined {
  if (shared.includes(config.type)) return undefined;
  if (exclusive.includes(config.type)) return 'bulkhead.yaml lists its type as exclusive';
  const known = table.get(config.type);
  return (typeof known === 'function' ? known(config) : known) ?? fixedMember(config);
}

/** How many compartments may hold a session of this connection; undefined when there is no bound. */
export function maxSessions(config: FlowNode): number | undefined {
  const value = Number(config['maxSessions']);
  return Number.isInteger(value) && value > 0 ? value : undefined;
}
