import { deepEqual, ok } from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isRecord } from '@bulkhead/core';
import { readModbusConnection } from '../../../nodes/modbus/src/modbus-connection/config.ts';
import { readModbusRead } from '../../../nodes/modbus/src/modbus-read/config.ts';
import { readModbusServer } from '../../../nodes/modbus/src/modbus-server/config.ts';
import { readModbusWrite } from '../../../nodes/modbus/src/modbus-write/config.ts';

const folder = path.resolve(import.meta.dirname, '../../../nodes/modbus/examples');
const readers: Readonly<Record<string, (node: object) => { ok: boolean; problem?: string }>> = {
  'modbus-connection': readModbusConnection,
  'modbus-read': readModbusRead,
  'modbus-write': readModbusWrite,
  'modbus-server': readModbusServer,
};

describe('The examples of the Modbus palette', () => {
  for (const file of readdirSync(folder)) {
    it(`${file} has nothing wrong in its tables`, () => {
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
