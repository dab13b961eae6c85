/** Ports and paths that a node takes for itself, as far as its configuration says. */
import { ownEntry } from '../../node-red/own-entry.ts';
import type { FlowNode } from '../../protocol/messages.ts';
import { isHousePath } from './house-paths.ts';

export interface Claim {
  /** Equal for two nodes that cannot both have it. */
  readonly key: string;
  /** For a person: "TCP port 502", "GET /orders". */
  readonly what: string;
  /**
   * `first`: like routes, the first of the flow file answers. `one`: like ports, the second cannot be opened. `house`: the
   * house has it, so that nobody can.
   */
  readonly taken: 'first' | 'one' | 'house';
}

const port = (protocol: 'TCP' | 'UDP', value: unknown): Claim[] => {
  const number = typeof value === 'string' ? Number(value.trim() || 'none') : value;
  // One from the environment is known only where it runs.
  if (typeof number !== 'number' || !Number.isInteger(number) || number < 1 || number > 65_535) return [];
  return [{ key: `${protocol} ${number}`, what: `${protocol} port ${number}`, taken: 'one' }];
};

/** Rooted, without a slash at the end; `:id` and `:name` are the same place. */
const pathOf = (value: unknown, missing = ''): string | undefined => {
  const text = typeof value === 'string' && value.trim() !== '' ? value.trim() : missing;
  return text === '' || text.includes('${') ? undefined : `/${text.replace(/^\/+|\/+$/g, '')}`;
};
const served = (kind: string, path: string | undefined): Claim[] => {
  if (path === undefined) return [];
  const [what, lower] = [`${kind} ${path}`, path.toLowerCase()];
  return [
    { key: `${kind} ${lower.replace(/:[^/]+/g, ':')}`, what, taken: 'first' },
    ...(isHousePath(lower) ? [{ key: `house ${kind} ${lower}`, what, taken: 'house' } as const] : []),
  ];
};

/** Modbus over a serial line. */
const serialLine = ({ mode, serialPath }: FlowNode): Claim[] => {
  const line = typeof serialPath === 'string' ? serialPath.trim() : '';
  if (mode !== 'rtu' || line === '' || line.includes('${')) return [];
  return [{ key: `serial ${line}`, what: `serial port ${line}`, taken: 'one' }];
};
const network = (node: FlowNode, property: string): Claim[] =>
  node['mode'] === 'rtu' ? [] : port('TCP', node[property]);

const methodOf = ({ method }: FlowNode): string => (typeof method === 'string' ? method : 'get');

const table: Readonly<Record<string, (node: FlowNode) => Claim[]>> = {
  'tcp in': (node) => (node['server'] === 'server' ? port('TCP', node['port']) : []),
  'tcp out': (node) => (node['beserver'] === 'server' ? port('TCP', node['port']) : []),
  // Every member of a multicast group may listen.
  'udp in': (node) => (node['multicast'] === 'true' || node['multicast'] === true ? [] : port('UDP', node['port'])),
  'http in': (node) => served(methodOf(node).toUpperCase(), pathOf(node['url'])),
  'websocket-listener': (node) => served('websocket', pathOf(node['path'])),
  'ui-base': (node) => served('dashboard', pathOf(node['path'], '/dashboard')),
  // Ours has a port or a serial line, that of node-red-contrib-modbus a server port.
  'modbus-server': (node) => [...serialLine(node), ...network(node, 'port'), ...port('TCP', node['serverPort'])],
  'modbus-connection': serialLine,
  'modbus-flex-server': (node) => port('TCP', node['serverPort']),
  'OpcUa-Server': (node) => port('TCP', node['port']),
  'opcua-server': (node) => port('TCP', node['port']),
  'aedes broker': (node) => [...port('TCP', node['mqtt_port']), ...port('TCP', node['mqtt_ws_port'])],
  'mosca in': (node) => [...port('TCP', node['mqtt_port']), ...port('TCP', node['mqtt_ws_port'])],
  'BACnet-Client': (node) => port('UDP', node['port']),
};

export function claimsOf(node: FlowNode): Claim[] {
  return node['d'] === true ? [] : (ownEntry(table, node.type)?.(node) ?? []);
}
