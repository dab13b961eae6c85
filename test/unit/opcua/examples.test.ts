import { deepEqual, match, ok } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isRecord } from '@bulkhead/core';
import { opcuaTags } from '../../../packages/plant/src/catalogue.ts';
import { readOpcuaCall } from '../../../nodes/opcua/src/opcua-call/config.ts';
import { readOpcuaConnection } from '../../../nodes/opcua/src/opcua-connection/config.ts';
import { readOpcuaEvents } from '../../../nodes/opcua/src/opcua-events/config.ts';
import { readOpcuaHistory } from '../../../nodes/opcua/src/opcua-history/config.ts';
import { readOpcuaRead } from '../../../nodes/opcua/src/opcua-read/config.ts';
import { readOpcuaWrite } from '../../../nodes/opcua/src/opcua-write/config.ts';

const folder = path.resolve(import.meta.dirname, '../../../nodes/opcua/examples');

const readers: Record<string, (node: object) => { ok: boolean; problem?: string }> = {
  'opcua-connection': (node) => readOpcuaConnection(node, {}),
  'opcua-read': readOpcuaRead,
  'opcua-write': readOpcuaWrite,
  'opcua-call': readOpcuaCall,
  'opcua-events': readOpcuaEvents,
  'opcua-history': readOpcuaHistory,
};

function nodesOf(file: string): Record<string, unknown>[] {
  const flow: unknown = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
  return Array.isArray(flow) ? flow.filter(isRecord) : [];
}

/** In percent too, but no value that the plant makes. */
const units = new Map([['ns=1;s=Tank.LevelSetpoint', '%']]);
for (const { nodeId, unit } of opcuaTags) units.set(nodeId, unit ?? '');

describe('The examples of the OPC UA palette', () => {
  for (const file of readdirSync(folder)) {
    it(`${file} has nothing wrong in its nodes`, () => {
      const read = nodesOf(file).flatMap((node) => readers[String(node['type'])]?.(node) ?? []);
      ok(read.length >= 2);
      deepEqual(
        read.flatMap(({ ok: isGood, problem }) => (isGood ? [] : [problem])),
        [],
      );
    });

    it(`${file} names its connection, and gives the units of the plant`, () => {
      for (const { type, name, tags } of nodesOf(file)) {
        if (type === 'opcua-connection') match(String(name), /^simulated plant: \w/);
        for (const { nodeId, unit } of Array.isArray(tags) ? tags.filter(isRecord) : [])
          deepEqual([nodeId, unit], [nodeId, units.get(String(nodeId)) ?? '']);
      }
    });
  }
});
