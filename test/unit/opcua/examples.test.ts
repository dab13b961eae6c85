import { deepEqual, ok } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isRecord } from '@bulkhead/core';
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

describe('The examples of the OPC UA palette', () => {
  for (const file of readdirSync(folder)) {
    it(`${file} has nothing wrong in its nodes`, () => {
      const flow: unknown = JSON.parse(readFileSync(path.join(folder, file), 'utf8'));
      const nodes = Array.isArray(flow) ? flow.filter(isRecord) : [];
      const read = nodes.flatMap((node) => readers[String(node['type'])]?.(node) ?? []);
      ok(read.length >= 2);
      deepEqual(
        read.flatMap(({ ok: isGood, problem }) => (isGood ? [] : [problem])),
        [],
      );
    });
  }
});
