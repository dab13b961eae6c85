import { replayNodeId, replayRegisters } from '../packages/plant/src/catalogue.ts';
import type { FlowEntry } from '../test/support/bulkhead-http.ts';
import type { BlockTopics } from './compare.ts';
import { historyPath, probePath } from './history.ts';

const root = 'umh.v1.acceptance';

export const probeTopic = `${root}.probe._raw.number`;

/** The number keeps two columns apart whose names differ in nothing that a topic may contain. */
function columnTopic(protocol: string, column: string, place: number): string {
  return `${root}.${protocol}._raw.${place}_${column.replaceAll(/[^A-Za-z0-9_-]/g, '_')}`;
}

export function opcuaTopics(columns: readonly string[]): string[] {
  return columns.map((column, place) => columnTopic('opcua', column, place));
}

/** Registers before the columns, per column, and in one request at most (Modbus application protocol 1.1b3, 6.3). */
const [headRegisters, columnRegisters, mostRegisters] = [8, 4, 125];
const mostColumns = Math.floor((mostRegisters - headRegisters) / columnRegisters);

export function modbusTopics(columns: readonly string[]): BlockTopics {
  return {
    sequence: `${root}.modbus._raw.sequence`,
    row: `${root}.modbus._raw.row`,
    time: `${root}.modbus._raw.time`,
    columns: columns.slice(0, mostColumns).map((column, place) => columnTopic('modbus', column, place)),
  };
}

// No id may also be the value of a property: Node-RED would take that for a reference to a config node.
const namespace = { id: 'config-namespace', type: 'uns-connection', version: 1, source: 'bulkhead' };
const historian = { id: 'config-historian', type: 'historian-connection', version: 1, source: 'bulkhead' };

const place = (z: string, column: number, row = 1) => ({ z, x: 40 + column * 180, y: row * 80 });

function publish(id: string, z: string, column: number, row = 1): FlowEntry {
  return { id, type: 'uns-publish', name: '', connection: namespace.id, ...place(z, column, row), wires: [] };
}

/** JSON has no word for -0 and for integers beyond 2^53 in most writers: `http response` would lose both. */
const exactJson = `const exact = (key, value) =>
  Object.is(value, -0) ? JSON.rawJSON('-0') : typeof value === 'bigint' ? JSON.rawJSON(String(value)) : value;
msg.payload = JSON.stringify({ truncated: msg.history.truncated, samples: msg.payload }, exact);
msg.headers = { 'content-type': 'application/json' };
return msg;`;

/** From the namespace into the historian, and back out of it over HTTP. */
export function historianFlows(): FlowEntry[] {
  const [write, query] = ['tab-write', 'tab-query'];
  return [
    namespace,
    historian,
    { id: write, type: 'tab', label: 'Historian' },
    {
      id: 'subscribe',
      type: 'uns-subscribe',
      connection: namespace.id,
      filter: `${root}.#`,
      batch: true,
      ...place(write, 1),
      wires: [['write'], [], []],
    },
    { id: 'write', type: 'historian-write', connection: historian.id, ...place(write, 2), wires: [] },

    { id: query, type: 'tab', label: 'Query' },
    { id: 'ask', type: 'http in', url: historyPath, method: 'post', ...place(query, 1), wires: [['question']] },
    {
      id: 'question',
      type: 'change',
      rules: [{ t: 'move', p: 'payload', pt: 'msg', to: 'query', tot: 'msg' }],
      ...place(query, 2),
      wires: [['query']],
    },
    { id: 'query', type: 'historian-query', connection: historian.id, ...place(query, 3), wires: [['exact']] },
    { id: 'exact', type: 'function', func: exactJson, outputs: 1, libs: [], ...place(query, 4), wires: [['answer']] },
    { id: 'answer', type: 'http response', statusCode: '', headers: {}, ...place(query, 5), wires: [] },
    { id: 'failed', type: 'catch', scope: ['query', 'exact'], ...place(query, 3, 2), wires: [['reason']] },
    {
      id: 'reason',
      type: 'change',
      rules: [
        { t: 'set', p: 'payload', pt: 'msg', to: 'error.message', tot: 'msg' },
        { t: 'set', p: 'statusCode', pt: 'msg', to: '503', tot: 'num' },
      ],
      ...place(query, 4, 2),
      wires: [['answer']],
    },
    {
      id: 'probe',
      type: 'http in',
      url: probePath,
      method: 'post',
      ...place(query, 1, 3),
      wires: [['probe-number']],
    },
    {
      id: 'probe-number',
      type: 'change',
      rules: [{ t: 'set', p: 'payload', pt: 'msg', to: 'payload.number', tot: 'msg' }],
      ...place(query, 2, 3),
      wires: [['probe-publish', 'answer']],
    },
    { ...publish('probe-publish', query, 3, 3), topic: probeTopic },
  ];
}

export interface Plant {
  readonly opcuaUrl: string;
  readonly modbusPort: number;
}

/** From the plant into the namespace: one tab per protocol. */
export function readerFlows(columns: readonly string[], { opcuaUrl, modbusPort }: Plant): FlowEntry[] {
  const [opcua, modbus] = ['tab-opcua', 'tab-modbus'];
  const nodeTopics = opcuaTopics(columns);
  const block = modbusTopics(columns);
  const blockTopics = [block.sequence, block.row, block.time, ...block.columns];
  return [
    { id: 'opcua-server', type: 'opcua-connection', name: '', endpoint: opcuaUrl, version: 1 },
    { id: opcua, type: 'tab', label: 'OPC UA' },
    {
      id: 'opcua-read',
      type: 'opcua-read',
      connection: 'opcua-server',
      publishingMs: '100',
      output: 'batch',
      version: 1,
      // With the time as trigger a row that repeats its predecessor arrives as well.
      tags: columns.map((column, index) => ({
        nodeId: replayNodeId(column),
        topic: nodeTopics[index],
        samplingMs: '0',
        queueSize: '1000',
        trigger: 'timestamp',
      })),
      ...place(opcua, 1),
      wires: [['opcua-publish']],
    },
    publish('opcua-publish', opcua, 2),

    {
      id: 'modbus-device',
      type: 'modbus-connection',
      name: '',
      host: '127.0.0.1',
      port: String(modbusPort),
      timeoutMs: '10000',
      version: 1,
    },
    { id: modbus, type: 'tab', label: 'Modbus' },
    {
      id: 'modbus-read',
      type: 'modbus-read',
      connection: 'modbus-device',
      pollMs: '10',
      output: 'batch',
      version: 1,
      tags: replayRegisters(columns).flatMap(({ address, type, byteOrder }, index) => {
        const topic = blockTopics[index];
        return topic === undefined
          ? []
          : [{ area: 'holding', address: String(address), type, order: byteOrder, topic }];
      }),
      ...place(modbus, 1),
      wires: [['modbus-publish']],
    },
    publish('modbus-publish', modbus, 2),
  ];
}
